/** Categories of a column, frozen with the reference: its most frequent ones, the others, and those never seen. */
export interface CategoryBins {
  readonly kind: 'categorical'
  readonly top: readonly string[]
  /** Known to the reference, too rare for a bin of their own. */
  readonly others: readonly string[]
}

/** The `most` frequent categories of the reference; ties in alphabetical order. */
export function freezeCategories(reference: readonly string[], most = 20): CategoryBins {
  const counts = new Map<string, number>()
  for (const value of reference) counts.set(value, (counts.get(value) ?? 0) + 1)
  const names = [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name]) => name)
  return { kind: 'categorical', top: names.slice(0, most), others: names.slice(most) }
}

/** Rows in each of the top categories, then in the others, then in categories that the reference never had. */
export function countCategories(bins: CategoryBins, values: readonly string[]): readonly number[] {
  const positions = new Map(bins.top.map((name, index) => [name, index]))
  for (const name of bins.others) positions.set(name, bins.top.length)
  const unseen = bins.top.length + 1
  const counts = Array.from({ length: unseen + 1 }, () => 0)
  for (const value of values) {
    const bin = positions.get(value) ?? unseen
    counts[bin] = (counts[bin] as number) + 1
  }
  return counts
}
