export { importMlflow } from './import.ts'
export type { ImportReport } from './importing.ts'
export { findSource } from './open-source.ts'
