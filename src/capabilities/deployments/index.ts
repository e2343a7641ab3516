export {
  abortRollout,
  type ByHandInput,
  pauseRollout,
  promoteNow,
  resumeRollout,
} from './by-hand.ts'
export type {
  Alongside,
  ChampionAlias,
  DeploymentsDeps,
  LoadEvidence,
  LocateModel,
  ModelFile,
  SetChampion,
} from './deps.ts'
export {
  ensureEndpoint,
  type EnsureEndpointInput,
  rollback,
  type RollbackInput,
  switchChampion,
  type SwitchInput,
} from './endpoints.ts'
export { deploymentErrors } from './errors.ts'
export { type DeployPolicy, deployPolicySchema, formatStep, type Step } from './policy.ts'
export {
  startRollout,
  type StartRolloutInput,
  stepRollout,
  type StepRolloutInput,
} from './rollouts.ts'
export {
  createRoutes,
  type EndpointRoute,
  type RolloutRoute,
  type RoutesDeps,
  type RoutesSnapshot,
  type VersionRoute,
} from './routes.ts'
export {
  type ArmEvidence,
  currentStep,
  type EvidenceSummary,
  type Endpoint,
  type GuardResult,
  type MeanEvidence,
  NO_EVIDENCE,
  type Rollout,
  type RolloutEvidence,
  type RolloutId,
  type RolloutState,
  type SequencePoint,
  type StepDecision,
} from './schema.ts'
export {
  findEndpoint,
  findRollout,
  listEndpoints,
  listRollouts,
  rolloutsUnderWay,
} from './store.ts'
export {
  type RolloutView,
  type SequenceView,
  type StepState,
  type StepView,
  viewRollout,
} from './view.ts'
