import { systemClock } from '../base/time.ts'
import type { RestCalls, Wire } from './calls.ts'
import { type LifecycleSearch, searchBody } from './experiments.ts'
import {
  type Metric,
  type Page,
  type Run,
  type RunInfo,
  type RunStatus,
  tagList,
  type Tags,
  toMetric,
  toPage,
  toRun,
  toRunInfo,
} from './shapes.ts'

export interface NewRun {
  readonly runName?: string
  /** Milliseconds since 1970; now unless told. */
  readonly startTime?: number
  readonly tags?: Tags
}
export interface MetricPlace {
  readonly timestamp?: number
  readonly step?: number
}
export interface Batch {
  readonly metrics?: readonly (MetricPlace & { readonly key: string; readonly value: number })[]
  readonly params?: Tags
  readonly tags?: Tags
}

export function runCalls(rest: RestCalls) {
  return {
    createRun: async (experimentId: string, options: NewRun = {}): Promise<Run> => {
      const { runName, startTime = systemClock.now(), tags } = options
      const body = { experiment_id: experimentId, run_name: runName, start_time: startTime }
      return whole(await rest.make('runs/create', { ...body, tags: tagList(tags) }))
    },
    getRun: async (runId: string): Promise<Run> =>
      whole(await rest.read('runs/get', { run_id: runId })),
    updateRun: (runId: string, change: { readonly status?: RunStatus; readonly name?: string }) =>
      update(rest, runId, { status: change.status, run_name: change.name }),
    /** Ends a run: FINISHED, now, unless told otherwise. */
    setTerminated: (runId: string, status: RunStatus = 'FINISHED', endTime = systemClock.now()) =>
      update(rest, runId, { status, end_time: endTime }),
    deleteRun: async (runId: string): Promise<void> => {
      await rest.set('runs/delete', { run_id: runId })
    },
    restoreRun: async (runId: string): Promise<void> => {
      await rest.set('runs/restore', { run_id: runId })
    },
    searchRuns: async (
      experimentIds: readonly string[],
      search: LifecycleSearch = {},
    ): Promise<Page<Run>> => {
      const body = { experiment_ids: experimentIds, ...searchBody(search) }
      return toPage(await rest.ask('runs/search', body), 'runs', toRun)
    },
    ...loggingCalls(rest),
  }
}

function loggingCalls(rest: RestCalls) {
  return {
    /** Sent twice it is logged once: the time is said here, not by the server. */
    logMetric: async (runId: string, key: string, value: number, place: MetricPlace = {}) => {
      await rest.set('runs/log-metric', { run_id: runId, ...metric({ key, value, ...place }) })
    },
    logParam: async (runId: string, key: string, value: Scalar): Promise<void> => {
      await rest.set('runs/log-parameter', { run_id: runId, key, value: String(value) })
    },
    setTag: async (runId: string, key: string, value: Scalar): Promise<void> => {
      await rest.set('runs/set-tag', { run_id: runId, key, value: String(value) })
    },
    deleteTag: async (runId: string, key: string): Promise<void> => {
      await rest.make('runs/delete-tag', { run_id: runId, key })
    },
    /** All of it or nothing; at most 1000 metrics, 100 params and 100 tags. */
    logBatch: async (runId: string, { metrics = [], params, tags }: Batch): Promise<void> => {
      const body = { metrics: metrics.map(metric), params: tagList(params), tags: tagList(tags) }
      await rest.set('runs/log-batch', { run_id: runId, ...body })
    },
    getMetricHistory: async (runId: string, key: string): Promise<readonly Metric[]> => {
      const found: Metric[] = []
      let token: string | null = ''
      while (token !== null) {
        const place = token === '' ? {} : { page_token: token }
        const query = { run_id: runId, metric_key: key, max_results: 25_000, ...place }
        const page: Page<Metric> = toPage(
          await rest.read('metrics/get-history', query),
          'metrics',
          toMetric,
        )
        found.push(...page.items)
        token = page.nextPageToken
      }
      return found
    },
  }
}

type Scalar = string | number | boolean

function metric(one: MetricPlace & { readonly key: string; readonly value: number }) {
  const { key, value, timestamp = systemClock.now(), step = 0 } = one
  return { key, value: Number.isFinite(value) ? value : String(value), timestamp, step }
}

async function update(rest: RestCalls, runId: string, change: Wire): Promise<RunInfo> {
  const answer = await rest.set('runs/update', { run_id: runId, ...change })
  return toRunInfo((answer['run_info'] ?? {}) as Wire)
}

function whole(wire: Wire): Run {
  return toRun((wire['run'] ?? {}) as Wire)
}
