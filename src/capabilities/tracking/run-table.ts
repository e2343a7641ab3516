import { type Expression, type SqlBool, sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import { searchColumns } from './columns/search.ts'
import type { SearchDeps } from './deps.ts'
import { readOrderedRuns } from './ordered-runs.ts'
import { chooseRuns, conditionsOf, type RunChoice } from './run-choice.ts'
import { type ColumnValue, type RunColumn, valuesOfColumns } from './run-columns.ts'
import { PARENT_KEY, PARENT_TAG } from './run-conditions.ts'
import { readRunOrders } from './run-order.ts'
import type { RunInfo } from './schema.ts'
import { tables, toRunInfo } from './store.ts'

export interface RunWindow extends RunChoice {
  readonly orderBy?: readonly string[] | undefined
  readonly offset: number
  readonly limit: number
  readonly columns: readonly RunColumn[]
  /** Whether to count the children of each run. */
  readonly nested?: boolean | undefined
}

/** A run with no more of its values than the columns ask for. */
export interface RunTableRow extends RunInfo {
  readonly parentId: string | null
  readonly children: number
  readonly values: readonly ColumnValue[]
}

/** What lies between two places of a long, ordered list, and how long the list is. @throws FILTER_INVALID */
export async function readRunWindow(
  deps: SearchDeps,
  search: RunWindow,
): Promise<{ readonly rows: readonly RunTableRow[]; readonly total: number }> {
  const { query } = deps.database
  const chosen = await chooseRuns(deps, search)
  if (chosen === null) return { rows: [], total: 0 }
  const plan = { ...chosen, orders: readRunOrders(search.orderBy ?? []) }
  const part = { place: { offset: search.offset }, size: search.limit }
  const inMemory = await searchColumns(deps.columns, plan, { ...part, counted: true })
  const rows = inMemory?.rows ?? (await readOrderedRuns(query, plan, part))
  const total = inMemory?.total ?? (await countRuns(query, conditionsOf(chosen)))
  return { rows: await completeRows(query, rows.map(toRunInfo), search), total }
}

async function countRuns(query: Query, where: readonly Expression<SqlBool>[]): Promise<number> {
  let select = tables(query)
    .selectFrom('tracking_runs as run')
    .select((of) => of.fn.countAll().as('total'))
  for (const condition of where) select = select.where(condition)
  return Number((await select.executeTakeFirstOrThrow()).total)
}

async function completeRows(
  query: Query,
  infos: readonly RunInfo[],
  { columns, nested }: RunWindow,
): Promise<readonly RunTableRow[]> {
  const ids = infos.map(({ id }) => id)
  const all = [...columns, { kind: 'tag', key: PARENT_TAG } as const]
  const values = await valuesOfColumns(query, ids, all)
  const children = nested === true ? await countChildren(query, ids) : new Map<string, number>()
  return infos.map((info) => {
    const own = values.get(info.id) ?? []
    return {
      ...info,
      parentId: (own.at(-1) as string | null | undefined) ?? null,
      children: children.get(info.id) ?? 0,
      values: own.slice(0, -1),
    }
  })
}

/** How many runs name each of these as their parent. */
export async function countChildren(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await tables(query)
    .selectFrom('tracking_tags')
    .select((of) => ['value', of.fn.countAll().as('children')])
    .where('key', '=', PARENT_KEY)
    // PostgreSQL's index knows the beginning of a value.
    .where(sql`substr(value, 1, 40)`, 'in', [...ids])
    .where('value', 'in', [...ids])
    .groupBy('value')
    .execute()
  return new Map(rows.map(({ value, children }) => [value, Number(children)]))
}
