import { type Expression, type SqlBool, sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import type { SearchDeps, TrackingDeps } from './deps.ts'
import { readOrderedRuns, type RunPlan } from './ordered-runs.ts'
import { type ColumnValue, type RunColumn, valuesOfColumns } from './run-columns.ts'
import { PARENT_TAG } from './run-conditions.ts'
import { readRunFilter, type RunFilter } from './run-filter.ts'
import { readRunOrders } from './run-order.ts'
import type { LifecycleView, RunInfo } from './schema.ts'
import { numbersOf, viewCondition } from './search-runs.ts'
import { tables, toRunInfo } from './store.ts'

/** Which runs a table is about. */
export interface RunChoice {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly view?: LifecycleView | undefined
  /** Only the children of this run; `none` for runs that have no parent. */
  readonly parent?: string | undefined
  /** Only the runs of one group; `null` for those without the value. */
  readonly group?: { readonly column: RunColumn; readonly value: string | null } | undefined
}

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
  const plan = await choosePlan(deps, search)
  if (plan === null) return { rows: [], total: 0 }
  const orders = readRunOrders(search.orderBy ?? [])
  const part = { place: { offset: search.offset }, size: search.limit }
  const inMemory = isPlain(search)
    ? await deps.searchColumns({ ...plan, view: search.view ?? 'active', orders }, part)
    : null
  const rows = inMemory?.rows ?? (await readOrderedRuns(query, { ...plan, orders }, part))
  const total = inMemory?.total ?? (await countRuns(query, conditionsOf(plan)))
  return { rows: await completeRows(query, rows.map(toRunInfo), search), total }
}

function isPlain({ parent, group }: RunChoice): boolean {
  return parent === undefined && group === undefined
}

async function countRuns(query: Query, where: readonly Expression<SqlBool>[]): Promise<number> {
  let select = tables(query)
    .selectFrom('tracking_runs as run')
    .select((of) => of.fn.countAll().as('total'))
  for (const condition of where) select = select.where(condition)
  return Number((await select.executeTakeFirstOrThrow()).total)
}

/** `null` when no run can match. @throws FILTER_INVALID */
export async function choiceConditions(
  deps: TrackingDeps,
  choice: RunChoice,
): Promise<readonly Expression<SqlBool>[] | null> {
  const plan = await choosePlan(deps, choice)
  return plan === null ? null : conditionsOf(plan)
}

type ChosenRuns = Omit<RunPlan, 'orders'> & RunFilter

function conditionsOf({ experiments, where }: ChosenRuns) {
  return [sql<SqlBool>`run.experiment_id in (${sql.join(experiments)})`, ...where]
}

async function choosePlan(
  { database: { dialect } }: TrackingDeps,
  choice: RunChoice,
): Promise<ChosenRuns | null> {
  const experiments = numbersOf(choice.experimentIds)
  const filter = await readRunFilter(choice.filter ?? '', dialect, experiments)
  if (experiments.length === 0) return null
  const where = [
    ...viewCondition(choice.view ?? 'active'),
    ...filter.where,
    ...(choice.parent === undefined ? [] : [parentCondition(choice.parent)]),
    ...(choice.group === undefined ? [] : [groupCondition(choice.group)]),
  ]
  return { ...filter, experiments, where }
}

function parentCondition(parent: string): Expression<SqlBool> {
  const value = sql`(select value from tracking_tags as tag where tag.run_id = run.id and tag.key = ${PARENT_TAG})`
  return parent === 'none'
    ? sql<SqlBool>`${value} is null`
    : sql<SqlBool>`run.id in (select run_id from tracking_tags as tag where tag.key = ${PARENT_TAG} and tag.value = ${parent})`
}

function groupCondition({ column, value }: NonNullable<RunChoice['group']>): Expression<SqlBool> {
  const table = sql.table(column.kind === 'tag' ? 'tracking_tags' : 'tracking_params')
  const has = sql`(select value from ${table} as one where one.run_id = run.id and one.key = ${column.key})`
  return value === null ? sql<SqlBool>`${has} is null` : sql<SqlBool>`${has} = ${value}`
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
    .where('key', '=', PARENT_TAG)
    .where('value', 'in', [...ids])
    .groupBy('value')
    .execute()
  return new Map(rows.map(({ value, children }) => [value, Number(children)]))
}
