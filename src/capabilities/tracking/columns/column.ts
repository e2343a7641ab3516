/** One value of every run, in an array whose place is the number of the run. */
export interface NumberColumn {
  readonly kind: 'number'
  values: Float64Array
  /** 0 for a value, 1 for NaN, `missing` for none: the order in which they are sorted. */
  ranks: Uint8Array
  readonly missing: 1 | 2
}

/** Texts repeat, so each is kept once. */
export interface TextColumn {
  readonly kind: 'text'
  /** 0 for none. */
  codes: Int32Array
  readonly texts: string[]
  readonly codeOf: Map<string, number>
}

export type Column = NumberColumn | TextColumn

export function numberColumn(missing: 1 | 2): NumberColumn {
  return { kind: 'number', values: new Float64Array(), ranks: new Uint8Array(), missing }
}

export function textColumn(): TextColumn {
  return { kind: 'text', codes: new Int32Array(), texts: [''], codeOf: new Map() }
}

export function setNumber(
  column: NumberColumn,
  run: number,
  { value, isNan }: { readonly value: number | null; readonly isNan: boolean },
): void {
  growNumbers(column, run)
  column.values[run] = value ?? 0
  column.ranks[run] = value === null ? column.missing : Number(isNan)
}

export function setText(column: TextColumn, run: number, text: string | null): void {
  growTexts(column, run)
  if (text === null) {
    column.codes[run] = 0
    return
  }
  const known = column.codeOf.get(text)
  const code = known ?? column.texts.push(text) - 1
  if (known === undefined) column.codeOf.set(text, code)
  column.codes[run] = code
}

/** So that every run up to this one has a place; what has not been set is missing. */
export function grow(column: Column, run: number): void {
  if (column.kind === 'number') growNumbers(column, run)
  else growTexts(column, run)
}

function growNumbers(column: NumberColumn, run: number): void {
  if (run < column.values.length) return
  const size = sizeFor(run)
  const values = new Float64Array(size)
  values.set(column.values)
  const ranks = new Uint8Array(size).fill(column.missing)
  ranks.set(column.ranks)
  column.values = values
  column.ranks = ranks
}

function growTexts(column: TextColumn, run: number): void {
  if (run < column.codes.length) return
  const codes = new Int32Array(sizeFor(run))
  codes.set(column.codes)
  column.codes = codes
}

function sizeFor(run: number): number {
  return Math.max(1024, Math.ceil((run + 1) * 1.25))
}
