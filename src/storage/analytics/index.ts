export { type Analytics, identifier, literal, openAnalytics, type ScanRow } from './duckdb.ts'
export { tableErrors } from './errors.ts'
export { openTextTable, type TextTable } from './table.ts'
