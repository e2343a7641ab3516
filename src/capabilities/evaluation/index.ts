export { evaluationErrors } from './errors.ts'
export { type EvaluationDeps, type RunGate, runGate } from './evaluation.ts'
export {
  type EvaluatePolicy,
  evaluatePolicySchema,
  FACT_NAMES,
  type FactName,
  type GateArm,
  type GateCheck,
  type GateComparison,
  type GateDifference,
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
