export { type CheckFileInput, checkFile } from './check-file.ts'
export { parseContract, readContract } from './contract-file.ts'
export { validationErrors } from './errors.ts'
export {
  type CheckReport,
  type CheckResult,
  type CheckVerdict,
  type Contract,
  contractSchema,
  type FailingRow,
  type ReportId,
  type StoredReport,
} from './schema.ts'
export { findReport, listReports, type ReportFilter } from './store.ts'
export { checkData, type CheckDataInput, type ValidationDeps } from './validation.ts'
