import type { ColumnValue as StoredValue } from '../../capabilities/tracking/index.ts'
import type { ColumnValue } from './contract.ts'

/** JSON has no NaN, so it is a text. */
export function toValue(value: StoredValue): ColumnValue {
  return typeof value === 'number' && Number.isNaN(value) ? 'NaN' : value
}
