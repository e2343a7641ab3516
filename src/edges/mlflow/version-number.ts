import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'

/** Versions are numbers, sent as text. */
export function versionNumber(fields: Fields): number {
  const text = fields.requiredText('version')
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    `Parameter 'version' must be an integer, got '${text}'.`,
  )
}
