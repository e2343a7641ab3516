import type { DiffRow } from './diff.ts'

/** Rows that are shown, or a stretch of the same that is not. */
export type Fold =
  | { readonly kind: 'rows'; readonly rows: readonly DiffRow[] }
  | { readonly kind: 'folded'; readonly at: number; readonly rows: readonly DiffRow[] }

/** Lines of the same that stay around what differs. */
const AROUND = 3

/** Long stretches of the same are folded away, except those that were opened, which are named by their first row. */
export function folded(rows: readonly DiffRow[], opened: ReadonlySet<number>): readonly Fold[] {
  const differs = rows.map(({ kind }) => kind !== 'same')
  const near = rows.map((_, index) =>
    differs.slice(Math.max(0, index - AROUND), index + AROUND + 1).includes(true),
  )
  const folds: Fold[] = []
  for (let from = 0; from < rows.length;) {
    let to = from
    while (to < rows.length && near[to] === near[from]) to += 1
    const part = rows.slice(from, to)
    const isHidden = near[from] === false && part.length > 1 && !opened.has(from)
    folds.push(isHidden ? { kind: 'folded', at: from, rows: part } : { kind: 'rows', rows: part })
    from = to
  }
  return folds
}
