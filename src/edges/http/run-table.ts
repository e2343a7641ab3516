import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { RunColumn, RunTableRow, RunWindow } from '../../capabilities/tracking/index.ts'
import { toValue } from './column-value.ts'
import type { MetricHistory, RunRow, runTableQuerySchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { clientTime, clientTimeOrNull } from './time.ts'

type Deps = Pick<ApiDeps, 'tracking'>

/** The table of runs, and the charts beside it. */
export function registerRunTable(app: FastifyInstance, deps: Deps): void {
  const { tracking } = deps
  handle(app, operations.trackedRuns, async ({ query: asked }) => {
    const { rows, total } = await tracking.readRunWindow(toWindow(asked))
    return { items: rows.map(toRow), offset: asked.offset, total }
  })
  handle(app, operations.runKeys, ({ query }) => tracking.listKeys(query.experiment))
  handle(app, operations.runGroups, async ({ query: asked }) => {
    const groups = await tracking.groupRuns({
      experimentIds: asked.experiment,
      filter: asked.filter,
      view: asked.view,
      by: toColumn(asked.by),
      metrics: (asked.columns ?? []).map((name) => toColumn(name).key),
    })
    return { items: groups.map(({ value, runs, means }) => ({ value, runs, values: means })) }
  })
  handle(app, operations.metricHistory, ({ query }) => readHistory(deps, query))
}

export function toWindow(asked: z.output<typeof runTableQuerySchema>): RunWindow {
  const { experiment, filter, view, parent, group, group_value: value = null } = asked
  return {
    experimentIds: experiment,
    filter,
    view,
    parent,
    ...(group === undefined ? {} : { group: { column: toColumn(group), value } }),
    orderBy: asked.order_by,
    offset: asked.offset,
    limit: asked.page_size,
    columns: (asked.columns ?? []).map(toColumn),
    nested: asked.nested === 'true',
  }
}

const KINDS = { metrics: 'metric', params: 'param', tags: 'tag' } as const

/** `metrics.rmse`: everything after the first dot is the key. @throws REQUEST_INVALID */
export function toColumn(name: string): RunColumn {
  const dot = name.indexOf('.')
  const entity = name.slice(0, dot)
  if (dot > 0 && dot < name.length - 1 && Object.hasOwn(KINDS, entity))
    return { kind: KINDS[entity as keyof typeof KINDS], key: name.slice(dot + 1) }
  throw httpErrors.REQUEST_INVALID({
    detail: `"${name}" is no column; those are metrics.KEY, params.KEY and tags.KEY.`,
    path: 'columns',
  })
}

function toRow(row: RunTableRow): RunRow {
  return {
    id: row.id,
    name: row.name,
    experiment_id: row.experimentId,
    status: row.status,
    user: row.userId,
    started_at: clientTime(row.startTime),
    ended_at: clientTimeOrNull(row.endTime),
    lifecycle: row.lifecycle,
    parent_id: row.parentId,
    children: row.children,
    values: row.values.map(toValue),
  }
}

interface HistoryAsked {
  readonly run: readonly string[]
  readonly key: string
  readonly points: number
  readonly from_step?: number | undefined
  readonly to_step?: number | undefined
}

async function readHistory({ tracking }: Deps, asked: HistoryAsked): Promise<MetricHistory> {
  const points = await tracking.getMetricHistoryInterval({
    runIds: asked.run,
    key: asked.key,
    startStep: asked.from_step,
    endStep: asked.to_step,
    maxResults: asked.points,
  })
  const byRun = Map.groupBy(points, ({ runId }) => runId)
  const series = asked.run.map((id) => {
    const own = byRun.get(id) ?? []
    return {
      run_id: id,
      steps: own.map(({ step }) => step),
      at: own.map(({ at }) => at),
      values: own.map(({ value }) => (Number.isNaN(value) ? null : value)),
    }
  })
  return { key: asked.key, series }
}
