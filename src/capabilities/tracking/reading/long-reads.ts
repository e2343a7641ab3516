import { warmUp } from '../columns/warm-up.ts'
import type { Page } from '../filter/page.ts'
import { type KeysInUse, listKeys } from '../keys-in-use.ts'
import { type BulkSearch, type PointsText, readBulkText, readHistoryText } from '../history-text.ts'
import { getMetricHistory, type HistorySearch } from '../metric-history.ts'
import { getMetricHistoryInterval, type IntervalSearch } from '../metric-interval.ts'
import { getMetricHistorySteps } from '../metric-steps.ts'
import { countRunsByExperiment, type RunCounts } from '../run-counts.ts'
import { groupRuns, type RunGroup, type RunGrouping } from '../run-groups.ts'
import type { RunText } from '../run-text.ts'
import { readRunWindow, type RunTableRow, type RunWindow } from '../run-table.ts'
import { getRunInfo } from '../runs.ts'
import type { LoggedModel, Metric, RunInfo, RunMetric } from '../schema.ts'
import { type LoggedModelSearch, searchLoggedModels } from '../search-logged-models.ts'
import { type RunSearch, searchRuns } from '../search-runs.ts'
import type { TraceInfo } from '../traces/schema.ts'
import { searchTraces, type TraceSearch } from '../traces/search.ts'
import type { SearchDeps } from '../deps.ts'
import { type FarQuestion, readFar } from './far-read.ts'

/** A page of the history of a run, as values. */
export interface RunHistory {
  readonly run: RunInfo
  readonly page: Page<Metric>
}

/** What may be asked for that can take long, and what is found: plain data, both cross threads. */
export interface LongQuestions {
  searchRuns: { asked: RunSearch; found: Page<RunText> }
  readRunWindow: {
    asked: RunWindow
    found: { readonly rows: readonly RunTableRow[]; readonly total: number }
  }
  groupRuns: { asked: RunGrouping; found: readonly RunGroup[] }
  countRuns: { asked: null; found: ReadonlyMap<string, RunCounts> }
  listKeys: { asked: readonly string[]; found: KeysInUse }
  history: { asked: HistorySearch & { readonly runId: string }; found: PointsText }
  historyRows: { asked: HistorySearch & { readonly runId: string }; found: RunHistory }
  historyBulk: { asked: BulkSearch; found: PointsText }
  historySteps: { asked: IntervalSearch; found: readonly RunMetric[] }
  historyInterval: { asked: IntervalSearch; found: readonly RunMetric[] }
  searchTraces: { asked: TraceSearch; found: Page<TraceInfo> }
  searchLoggedModels: { asked: LoggedModelSearch; found: Page<LoggedModel> }
  far: { asked: FarQuestion; found: unknown }
  warmUp: { asked: null; found: null }
}

export type Verb = keyof LongQuestions
export type Asked<V extends Verb> = LongQuestions[V]['asked']
export type Found<V extends Verb> = LongQuestions[V]['found']
export type LongReads = { readonly [V in Verb]: (asked: Asked<V>) => Promise<Found<V>> }

/** The reads that look at as many runs or points as there are, done in the thread that calls. */
export function createLongReads(deps: SearchDeps): LongReads {
  const { query } = deps.database
  return {
    searchRuns: (asked) => searchRuns(deps, asked),
    readRunWindow: (asked) => readRunWindow(deps, asked),
    groupRuns: (asked) => groupRuns(deps, asked),
    countRuns: () => countRunsByExperiment(query),
    listKeys: (asked) => listKeys(query, asked),
    history: (asked) => readHistoryText(deps.database, asked),
    historyRows: async ({ runId, ...search }) => ({
      run: await getRunInfo(query, runId),
      page: await getMetricHistory(query, runId, search),
    }),
    historyBulk: (asked) => readBulkText(deps.database, asked),
    historySteps: (asked) => getMetricHistorySteps(deps.database, asked),
    historyInterval: (asked) => getMetricHistoryInterval(deps.database, asked),
    searchTraces: (asked) => searchTraces(deps.database, asked),
    searchLoggedModels: (asked) => searchLoggedModels(deps.database, asked),
    far: (asked) => readFar(deps.database, asked),
    warmUp: async () => {
      await warmUp(deps.columns)
      return null
    },
  }
}
