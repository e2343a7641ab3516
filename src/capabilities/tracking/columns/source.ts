import { directOf, filled, placeholders, type SqlValue } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import { inChunks } from '../store.ts'
import { letOthers } from '../turns.ts'
import { type Column, NAN, numberColumn, setValue, type StoredValue, textColumn } from './column.ts'
import { runsWithWords, valuesOf, WORDS_IN_RUN } from './words.ts'

const ATTRIBUTES = {
  name: 'text',
  user_id: 'text',
  status: 'text',
  lifecycle: 'text',
  id: 'text',
  artifact_uri: 'text',
  experiment_id: 'number',
  start_time: 'number',
  end_time: 'number',
} as const
export type AttributeName = keyof typeof ATTRIBUTES

export function isAttribute(name: string): name is AttributeName {
  return Object.hasOwn(ATTRIBUTES, name)
}

/** What a column is made of. */
export type ColumnName =
  | { readonly of: 'run'; readonly name: AttributeName }
  | {
      readonly of: 'series'
      readonly name: 'value' | 'lowest' | 'highest' | 'logged'
      readonly key: string
    }
  | { readonly of: 'param' | 'tag'; readonly key: string }
  /** 1 for each run in which the text occurs. */
  | { readonly of: 'words'; readonly text: string }

export function nameText(name: ColumnName): string {
  switch (name.of) {
    case 'run':
      return `run ${name.name}`
    case 'series':
      return `series ${name.name} ${name.key}`
    case 'param':
    case 'tag':
      return `${name.of} ${name.key}`
    case 'words':
      return `words ${name.text}`
  }
}

export function emptyColumn(name: ColumnName): Column {
  if (name.of === 'series') return numberColumn(name.name === 'value' ? 2 : 1)
  if (name.of === 'words') return numberColumn(1)
  if (name.of === 'run' && ATTRIBUTES[name.name] === 'number') return numberColumn(1)
  return textColumn()
}

/** A column and what it is to hold. */
export interface NamedColumn {
  readonly name: ColumnName
  readonly column: Column
}

/**
 * All of the columns, in slices between which others get their turn. Those that a run has beside its number are read in
 * the order of the numbers, and those beside its id in the order of the ids: so the next value is near the one before.
 */
export async function loadColumns(query: Query, columns: readonly NamedColumn[]): Promise<void> {
  const those = (...kinds: readonly ColumnName['of'][]) =>
    inChunks(
      columns.filter(({ name }) => kinds.includes(name.of)),
      MOST_AT_ONCE,
    )
  for (const some of those('run', 'series'))
    await loadInOrder(query, some, { place: 'seq', before: 0 })
  for (const some of those('param', 'tag'))
    await loadInOrder(query, some, { place: 'id', before: '' })
  for (const { name, column } of columns)
    if (name.of === 'words')
      for (const run of await runsWithWords(query, name.text)) setValue(column, run, 1)
}

/** SQLite joins no more than 64 tables. */
const MOST_AT_ONCE = 32

const SLICE = 4000

interface Order {
  readonly place: 'seq' | 'id'
  /** Before all places. */
  readonly before: string | number
}

async function loadInOrder(
  query: Query,
  columns: readonly NamedColumn[],
  { place, before }: Order,
): Promise<void> {
  if (columns.length === 0) return
  const slice = { where: `run.${place} > ?`, order: `order by run.${place} limit ${SLICE}` }
  for (let after: string | number = before; ;) {
    const { runs, values, last } = await readSlice(query, columns, { ...slice, values: [after] })
    columns.forEach(({ column }, index) => putAll(column, runs, values[index] ?? []))
    if (runs.length < SLICE || last[place] === null) return
    after = last[place]
    await letOthers()
  }
}

/** Values of some runs anew; nothing is left of a run that is gone. */
export async function reloadValues(
  query: Query,
  named: NamedColumn,
  wanted: readonly number[],
): Promise<void> {
  const where = `run.seq in (${placeholders(wanted.length)})`
  const part = { where, order: '', values: filled(wanted) }
  const { runs, values } = await readSlice(query, [named], part)
  const { column } = named
  const found = new Set(runs)
  for (const run of wanted) {
    if (!found.has(run)) setValue(column, run, null)
    column.journal.note(run)
  }
  putAll(column, runs, values[0] ?? [])
}

function putAll(column: Column, runs: readonly number[], values: readonly StoredValue[]): void {
  for (const [index, run] of runs.entries()) setValue(column, run, values[index] ?? null)
}

interface Part {
  readonly where: string
  readonly order: string
  readonly values: readonly SqlValue[]
}

interface Slice {
  readonly runs: readonly number[]
  /** Of each column, in the order of the runs. */
  readonly values: readonly (readonly StoredValue[])[]
  readonly last: { readonly seq: number | null; readonly id: string | null }
}

// A list of JSON for each column: rows that become objects one by one take twice the time.
async function readSlice(
  query: Query,
  columns: readonly NamedColumn[],
  { where, order, values }: Part,
): Promise<Slice> {
  const sources = columns.map(({ name }, index) => sourceOf(name, `one_${index}`))
  const each = sources.map(({ value }, index) => `${value} as value_${index}`)
  const lists = sources.map(
    (_source, index) => `json_group_array(value_${index}) as value_${index}`,
  )
  const sql = `select json_group_array(seq) as runs, max(seq) as seq, max(id) as id, ${lists.join(', ')}
    from (select run.seq, run.id, ${each.join(', ')} from tracking_runs as run
      ${sources.map(({ join }) => join).join(' ')} where ${where} ${order})`
  const keys = sources.flatMap(({ keys: own }) => own)
  const [row] = await directOf(query).all<Record<string, string | number | null>>(sql, [
    ...keys,
    ...values,
  ])
  if (row === undefined) throw new Error('An aggregate has always a row.')
  const listOf = <T>(name: string): readonly T[] => JSON.parse(String(row[name])) as T[]
  return {
    runs: listOf<number>('runs'),
    values: columns.map((_column, index) => listOf<StoredValue>(`value_${index}`)),
    last: { seq: row['seq'] as number | null, id: row['id'] as string | null },
  }
}

interface Source {
  readonly value: string
  readonly join: string
  readonly keys: readonly SqlValue[]
}

function sourceOf(name: ColumnName, alias: string): Source {
  switch (name.of) {
    case 'run':
      return { value: `run.${name.name}`, join: '', keys: [] }
    case 'series':
      return {
        value:
          name.name === 'value'
            ? `case when ${alias}.is_nan = 1 then '${NAN}' else ${alias}.value end`
            : `${alias}.${name.name}`,
        join: `left join tracking_series as ${alias} on ${alias}.run = run.seq
          and ${alias}.key = (select id from tracking_keys where key = ?)`,
        keys: [name.key],
      }
    case 'param':
    case 'tag':
      return {
        value: `${alias}.value`,
        join: `left join ${name.of === 'param' ? 'tracking_params' : 'tracking_tags'} as ${alias}
          on ${alias}.run_id = run.id and ${alias}.key = ?`,
        keys: [name.key],
      }
    case 'words':
      return { value: WORDS_IN_RUN, join: '', keys: valuesOf(name.text) }
  }
}
