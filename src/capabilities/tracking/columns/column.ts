import { Journal } from './journal.ts'

/** One value of every run, in an array whose place is the number of the run. */
export interface NumberColumn {
  readonly kind: 'number'
  values: Float64Array
  /** 0 for a value, 1 for NaN, `missing` for none: the order in which they are sorted. */
  ranks: Uint8Array
  readonly missing: 1 | 2
  /** What changed after all of it was read. */
  readonly journal: Journal
}

/** Texts repeat, so each is kept once. */
export interface TextColumn {
  readonly kind: 'text'
  /** 0 for none. */
  codes: Int32Array
  readonly texts: string[]
  readonly codeOf: Map<string, number>
  readonly journal: Journal
}

export type Column = NumberColumn | TextColumn

export function numberColumn(missing: 1 | 2): NumberColumn {
  return {
    kind: 'number',
    values: new Float64Array(),
    ranks: new Uint8Array(),
    missing,
    journal: new Journal(),
  }
}

export function textColumn(): TextColumn {
  return {
    kind: 'text',
    codes: new Int32Array(),
    texts: [''],
    codeOf: new Map(),
    journal: new Journal(),
  }
}

/** A value as SQLite tells it: `null` for none. */
export type StoredValue = string | number | null

/** How NaN is told, which SQL has not. */
export const NAN = 'NaN'

export function setValue(column: Column, run: number, value: StoredValue): void {
  if (column.kind === 'number') setNumber(column, run, value)
  else setText(column, run, value === null ? null : String(value))
}

function setNumber(column: NumberColumn, run: number, value: StoredValue): void {
  growNumbers(column, run)
  const isNan = value === NAN
  column.values[run] = isNan ? 0 : Number(value ?? 0)
  column.ranks[run] = value === null ? column.missing : Number(isNan)
}

function setText(column: TextColumn, run: number, text: string | null): void {
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
