import type { RatchetError } from '../../base/errors.ts'
import type { RunError } from './schema.ts'

/** What is kept of an error. */
export function runError({ code, detail, path, next }: RatchetError): RunError {
  return { code, detail, path: path ?? null, next }
}
