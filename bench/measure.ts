export interface Measure {
  /** What was measured, in words: `one-row prediction, p50`. */
  readonly measure: string
  readonly ours: number
  readonly unit: string
  /** The figure to reach; `at_most` for times, `at_least` for rates. */
  readonly reach?: { readonly at_most: number } | { readonly at_least: number }
  /** The same work by the program that people use for it, in the same run. */
  readonly peer?: {
    readonly name: string
    readonly value: number
    /** Calls that it answered with an error; they do not count as done. */
    readonly refused?: { readonly calls: number; readonly of: number }
  }
}

/** Hands a figure to `npm run bench`, or prints it when the file is run by itself. */
export function report(measure: Measure): void {
  if (process.send === undefined) console.log(formatMeasure(measure))
  else process.send(measure)
}

/** Whether the figure reaches what it should; null where nothing is asked of it. */
export function isReached({ ours, reach }: Measure): boolean | null {
  if (reach === undefined) return null
  return 'at_most' in reach ? ours <= reach.at_most : ours >= reach.at_least
}

export function formatMeasure(measure: Measure): string {
  const { ours, unit, peer } = measure
  const beside = peer === undefined ? '' : `, beside it ${formatPeer(peer)}`
  return `${measure.measure}: ${formatFigure(ours)} ${unit}${beside}`
}

export function formatPeer({ name, value, refused }: NonNullable<Measure['peer']>): string {
  const told = refused === undefined ? '' : `, refused ${refused.calls} of ${refused.of}`
  return `${formatFigure(value)} (${name}${told})`
}

/** Three digits that count; large numbers whole. */
export function formatFigure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

/** The value below which the given share of the sorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
