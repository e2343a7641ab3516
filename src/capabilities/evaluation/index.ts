export { evaluationErrors } from './errors.ts'
export { type EvaluationDeps, type RunGate, runGate } from './evaluation.ts'
export {
  type EvaluatePolicy,
  evaluatePolicySchema,
  type FactName,
  type GateArm,
  type GateCheck,
  type GateComparison,
  type GateEvidence,
  type GateId,
  type GateInput,
  type GateReport,
  type GateRow,
  type GateVerdict,
  type StoredGate,
} from './schema.ts'
export { findGate, findGateByKey, type GateFilter, type GateSummary, listGates } from './store.ts'
export { decideGate } from './verdict.ts'
