import { type Expression, type SqlBool, sql } from 'kysely'
import { searchColumns } from './columns/search.ts'
import type { SearchDeps } from './deps.ts'
import { type Page, placeOfPage } from './filter/page.ts'
import { invalidValue } from './names.ts'
import { readOrderedRuns, tokenAfterRun } from './ordered-runs.ts'
import { readRunFilter } from './run-filter.ts'
import { readRunOrders } from './run-order.ts'
import { readRunTexts, type RunText } from './run-text.ts'
import type { LifecycleView } from './schema.ts'

export interface RunSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly view?: LifecycleView | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

const MOST_RESULTS = 50_000

/** Newest start first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchRuns(deps: SearchDeps, search: RunSearch): Promise<Page<RunText>> {
  const { query, dialect } = deps.database
  const size = search.maxResults ?? 1000
  if (!(size >= 1 && size <= MOST_RESULTS))
    throw invalidValue('max_results', size, `It must be between 1 and ${MOST_RESULTS}`)
  const place = placeOfPage(search.pageToken)
  const experiments = numbersOf(search.experimentIds)
  const filter = await readRunFilter(search.filter ?? '', dialect, experiments)
  const orders = readRunOrders(search.orderBy ?? [])
  if (experiments.length === 0) return { items: [], nextPageToken: null }
  const view = search.view ?? 'active'
  const part = { place, size: size + 1 }
  const asked = { experiments, view, filter: filter.filter, orders }
  const where = [...viewCondition(view), ...filter.where]
  const plan = { ...filter, dialect, experiments, where, orders }
  const found = await searchColumns(deps.columns, asked, { ...part, counted: false })
  const rows = found?.rows ?? (await readOrderedRuns(query, plan, part))
  const last = rows.length > size ? rows[size - 1] : undefined
  return {
    items: await readRunTexts(deps.database, rows.slice(0, size)),
    nextPageToken: last === undefined ? null : tokenAfterRun(last, orders),
  }
}

export function numbersOf(experimentIds: readonly string[]): readonly number[] {
  return [...new Set(experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number))]
}

export function viewCondition(view: LifecycleView): readonly Expression<SqlBool>[] {
  return view === 'all' ? [] : [sql<SqlBool>`run.lifecycle = ${view}`]
}
