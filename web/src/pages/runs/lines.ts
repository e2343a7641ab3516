/** A line of the table: one of the list itself, or one below an opened line. */
export type Place =
  | { readonly kind: 'base'; readonly base: number }
  | { readonly kind: 'child'; readonly base: number; readonly child: number }

/** An opened line: where it stands in the list, and how many lines are below it. */
export interface Opening {
  readonly base: number
  readonly children: number
}

/** How long the table is. */
export function lineCount(total: number, openings: readonly Opening[]): number {
  return openings.reduce((sum, { children }) => sum + children, total)
}

/** What stands on a line; openings are in the order of the list. */
export function placeOf(line: number, openings: readonly Opening[]): Place {
  let before = 0
  for (const { base, children } of openings) {
    const own = base + before
    if (line <= own) break
    if (line <= own + children) return { kind: 'child', base, child: line - own - 1 }
    before += children
  }
  return { kind: 'base', base: line - before }
}

export const PAGE_ROWS = 100

/** Which pages of which lists hold the lines: `null` for the list itself, else the opened line. */
export function pagesOf(
  from: number,
  to: number,
  openings: readonly Opening[],
): readonly { readonly base: number | null; readonly page: number }[] {
  const pages = new Map<string, { base: number | null; page: number }>()
  for (let line = from; line < to; line++) {
    const place = placeOf(line, openings)
    const one =
      place.kind === 'base'
        ? { base: null, page: Math.floor(place.base / PAGE_ROWS) }
        : { base: place.base, page: Math.floor(place.child / PAGE_ROWS) }
    pages.set(`${one.base} ${one.page}`, one)
  }
  return [...pages.values()]
}
