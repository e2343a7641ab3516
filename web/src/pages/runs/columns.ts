import type { RunKeys, RunRow } from '../../../../src/edges/http/contract.ts'
import { number } from '../../format/numbers.ts'

/** A column by its name in the address: `attr.started`, `metrics.rmse`, `params.depth`, `tags.team`. */
export interface RunColumn {
  readonly id: string
  readonly label: string
  readonly kind: 'attr' | 'metrics' | 'params' | 'tags'
  readonly width: number
  readonly align: 'start' | 'end'
  /** What the server orders by. */
  readonly sortKey: string | null
}

const ATTRIBUTES: Readonly<Record<string, Omit<RunColumn, 'id' | 'kind'>>> = {
  'attr.started': { label: 'Started', width: 116, align: 'start', sortKey: 'start_time' },
  'attr.duration': { label: 'Took', width: 92, align: 'end', sortKey: null },
  'attr.user': { label: 'User', width: 110, align: 'start', sortKey: 'user_id' },
  'attr.id': { label: 'Run id', width: 130, align: 'start', sortKey: null },
}

export const ATTRIBUTE_IDS = Object.keys(ATTRIBUTES)
export const NAME_SORT = 'run_name'

export function columnOf(id: string): RunColumn | null {
  const attribute = ATTRIBUTES[id]
  if (attribute !== undefined) return { id, kind: 'attr', ...attribute }
  const dot = id.indexOf('.')
  const kind = id.slice(0, dot)
  if (kind !== 'metrics' && kind !== 'params' && kind !== 'tags') return null
  const label = id.slice(dot + 1)
  const width = Math.min(220, Math.max(104, 40 + label.length * 7.2))
  const sortKey = `${kind}.\`${label}\``
  return { id, kind, label, width, align: kind === 'metrics' ? 'end' : 'start', sortKey }
}

const SOME = 5

/** Until one chooses: when it ran, and the first of its metrics and params. */
export function usualColumns(keys: RunKeys): readonly string[] {
  const metrics = keys.metrics.filter((key) => !key.startsWith('system/'))
  return [
    'attr.started',
    'attr.duration',
    ...metrics.slice(0, SOME).map((key) => `metrics.${key}`),
    ...keys.params.slice(0, SOME).map((key) => `params.${key}`),
  ]
}

/** Tags that MLflow's client writes for itself tell a reader nothing in a table. */
export function isOwnTag(key: string): boolean {
  return key.startsWith('mlflow.')
}

/** What a cell says. */
export function cellText(value: RunRow['values'][number] | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'number' ? metricText(value) : value
}

/** A metric at the precision that tells runs apart: four significant digits. */
export function metricText(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e15 || size < 1e-4)
    return value.toExponential(3).replace('-', '−').replace('e−', 'e-')
  if (size >= 1000) return number(value)
  return String(Number(value.toPrecision(4))).replace('-', '−')
}
