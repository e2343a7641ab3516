import type { Run } from '../../src/capabilities/tracking/index.ts'

export interface Ordering {
  readonly field: 'metrics.loss' | 'metrics.acc' | 'params.model' | 'start_time'
  readonly descending: boolean
}

export function orderText({ field, descending }: Ordering): string {
  return `${field} ${descending ? 'DESC' : 'ASC'}`
}

/** In both directions values come first, then NaN, then what is missing; then the newest start, then the id. */
export function inOrder(orderings: readonly Ordering[]): (a: Run, b: Run) => number {
  return (a, b) => {
    for (const { field, descending } of orderings) {
      const [one, other] = [valueOf(a, field), valueOf(b, field)]
      const byRank = rankOf(one) - rankOf(other)
      if (byRank !== 0) return byRank
      if (rankOf(one) > 0) continue
      const byValue = compare(one ?? '', other ?? '')
      if (byValue !== 0) return descending ? -byValue : byValue
    }
    return b.startTime - a.startTime || compare(a.id, b.id)
  }
}

function valueOf(run: Run, field: Ordering['field']): number | string | undefined {
  if (field === 'start_time') return run.startTime
  if (field === 'params.model') return run.params['model']
  return run.metrics.find(({ key }) => `metrics.${key}` === field)?.value
}

function rankOf(value: number | string | undefined): number {
  if (value === undefined) return 2
  return Number.isNaN(value) ? 1 : 0
}

function compare(one: number | string, other: number | string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
