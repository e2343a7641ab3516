export interface NumberedLine {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** A line on both sides, or on one; `changed` where one stands for the other. */
export interface DiffRow {
  readonly kind: 'same' | 'changed' | 'left' | 'right'
  readonly left: NumberedLine | null
  readonly right: NumberedLine | null
}

/** Two texts line by line, side by side. */
export function diffRows(left: readonly string[], right: readonly string[]): readonly DiffRow[] {
  const rows: DiffRow[] = []
  let [i, j] = [0, 0]
  for (const [x, y] of [...matches(left, right), [left.length, right.length] as const]) {
    rows.push(...between({ lines: left, from: i, to: x }, { lines: right, from: j, to: y }))
    if (x < left.length && y < right.length)
      rows.push({ kind: 'same', left: lineAt(left, x), right: lineAt(right, y) })
    ;[i, j] = [x + 1, y + 1]
  }
  return rows
}

function lineAt(lines: readonly string[], index: number): NumberedLine {
  return { number: index + 1, text: lines[index] ?? '' }
}

interface Part {
  readonly lines: readonly string[]
  readonly from: number
  readonly to: number
}

/** What lies between two lines that are the same: the first stands for the first, and so on. */
function between(left: Part, right: Part): readonly DiffRow[] {
  const [lefts, rights] = [left.to - left.from, right.to - right.from]
  return Array.from({ length: Math.max(lefts, rights) }, (_, index) => ({
    kind: index >= lefts ? 'right' : index >= rights ? 'left' : 'changed',
    left: index < lefts ? lineAt(left.lines, left.from + index) : null,
    right: index < rights ? lineAt(right.lines, right.from + index) : null,
  }))
}

type Match = readonly [left: number, right: number]

/** Which lines are the same on both sides, in order, and as many as can be. */
function matches(left: readonly string[], right: readonly string[]): readonly Match[] {
  let start = 0
  while (start < Math.min(left.length, right.length) && left[start] === right[start]) start += 1
  let end = 0
  const most = Math.min(left.length, right.length) - start
  while (end < most && left.at(-1 - end) === right.at(-1 - end)) end += 1
  const middle = shortestEdit(
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  )
  return [
    ...Array.from({ length: start }, (_, index): Match => [index, index]),
    ...middle.map(([x, y]): Match => [x + start, y + start]),
    ...Array.from({ length: end }, (_, index): Match => [
      left.length - end + index,
      right.length - end + index,
    ]),
  ]
}

/** Texts that differ in more lines than this have nothing to do with each other. */
const MOST_EDITS = 1500

/** E. W. Myers, "An O(ND) difference algorithm and its variations", Algorithmica 1 (1986): the greedy one. */
function shortestEdit(a: readonly string[], b: readonly string[]): readonly Match[] {
  const most = Math.min(a.length + b.length, MOST_EDITS)
  const furthest = new Int32Array(2 * most + 3)
  const zero = most + 1
  const rounds: Int32Array[] = []
  const reached: Reached = (k) => furthest[zero + k] ?? 0
  for (let edits = 0; edits <= most; edits += 1) {
    rounds.push(furthest.slice(zero - edits - 1, zero + edits + 2))
    for (let k = -edits; k <= edits; k += 2) {
      const from = diagonalBefore(reached, k, edits)
      let x = edits === 0 ? 0 : reached(from) + (from < k ? 1 : 0)
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1
      furthest[zero + k] = x
      if (x >= a.length && x - k >= b.length) return traced(rounds, a.length, b.length)
    }
  }
  return []
}

/** How far a diagonal (left minus right) has come, in lines of the left side. */
type Reached = (diagonal: number) => number

/** The neighbour that came further: one step down from above, or one right from below. */
function diagonalBefore(reached: Reached, k: number, edits: number): number {
  return k === -edits || (k !== edits && reached(k - 1) < reached(k + 1)) ? k + 1 : k - 1
}

/** Back from the end, round by round: what was passed without an edit is the same on both sides. */
function traced(rounds: readonly Int32Array[], length: number, other: number): readonly Match[] {
  const found: Match[] = []
  let [x, y] = [length, other]
  for (let edits = rounds.length - 1; edits >= 0; edits -= 1) {
    const reached: Reached = (k) => rounds[edits]?.[k + edits + 1] ?? 0
    const from = diagonalBefore(reached, x - y, edits)
    const [start, startOther] = edits === 0 ? [0, 0] : [reached(from), reached(from) - from]
    while (x > start && y > startOther) {
      x -= 1
      y -= 1
      found.push([x, y])
    }
    ;[x, y] = [start, startOther]
  }
  return found.toReversed()
}
