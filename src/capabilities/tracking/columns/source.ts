import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import { letOthers } from '../turns.ts'
import type { Column } from './column.ts'
import { numberColumn, setNumber, setText, textColumn } from './column.ts'

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

export function nameText(name: ColumnName): string {
  return name.of === 'run'
    ? `run ${name.name}`
    : `${name.of} ${'name' in name ? name.name : ''} ${name.key}`
}

export function emptyColumn(name: ColumnName): Column {
  if (name.of === 'series') return numberColumn(name.name === 'value' ? 2 : 1)
  if (name.of === 'run' && ATTRIBUTES[name.name] === 'number') return numberColumn(1)
  return textColumn()
}

interface Row {
  readonly run: number
  readonly value: string | number | null
  readonly is_nan?: number | null
}

const SLICE = 2000

/** All of a column, in slices between which others get their turn. */
export async function loadColumn(query: Query, name: ColumnName, column: Column): Promise<void> {
  const direct = directOf(query)
  const { sql, values } = selectOf(name)
  let after = 0
  for (;;) {
    const rows = await direct.all<Row>(`${sql} where run.seq > ? order by run.seq limit ${SLICE}`, [
      ...values,
      after,
    ])
    for (const row of rows) put(column, row)
    const last = rows.at(-1)
    if (rows.length < SLICE || last === undefined) return
    after = last.run
    await letOthers()
  }
}

/** Values of some runs anew; nothing is left of a run that is gone. */
export async function reloadValues(
  query: Query,
  { name, column }: { readonly name: ColumnName; readonly column: Column },
  runs: readonly number[],
): Promise<void> {
  const { sql, values } = selectOf(name)
  const rows = await directOf(query).all<Row>(
    `${sql} where run.seq in (${placeholders(runs.length)})`,
    [...values, ...filled(runs)],
  )
  const found = new Map(rows.map((row) => [row.run, row]))
  for (const run of runs) put(column, found.get(run) ?? { run, value: null })
}

function selectOf(name: ColumnName): { readonly sql: string; readonly values: readonly string[] } {
  switch (name.of) {
    case 'run':
      return {
        sql: `select run.seq as run, run.${name.name} as value from tracking_runs as run`,
        values: [],
      }
    case 'series':
      return {
        sql: `select run.seq as run, one.${name.name} as value, ${name.name === 'value' ? 'one.is_nan' : '0 as is_nan'} from tracking_runs as run
          left join tracking_series as one on one.run = run.seq
            and one.key = (select id from tracking_keys where key = ?)`,
        values: [name.key],
      }
    case 'param':
    case 'tag': {
      const table = name.of === 'param' ? 'tracking_params' : 'tracking_tags'
      return {
        sql: `select run.seq as run, one.value from tracking_runs as run
          left join ${table} as one on one.run_id = run.id and one.key = ?`,
        values: [name.key],
      }
    }
  }
}

function put(column: Column, { run, value, is_nan }: Row): void {
  if (column.kind === 'text') setText(column, run, value === null ? null : String(value))
  else setNumber(column, run, { value: value === null ? null : Number(value), isNan: is_nan === 1 })
}
