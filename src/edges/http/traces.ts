import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { TraceInfo as StoredInfo } from '../../capabilities/tracking/index.ts'
import type { Trace, TraceInfo, TraceList, traceQuerySchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { keyValues } from './experiments.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { clientTime } from './time.ts'
import { arrangeSpans, textOf } from './trace-spans.ts'

type Deps = Pick<ApiDeps, 'tracking' | 'traces'>
type Asked = z.output<typeof traceQuerySchema>

/** What programs tell of single requests, for those who look at one. */
export function registerTraces(app: FastifyInstance, deps: Deps): void {
  handle(app, operations.traces, ({ query }) => listTraces(deps, query))
  handle(app, operations.trace, async ({ params: { id } }): Promise<Trace> => {
    const { info, spans } = await deps.traces.get(id, true)
    const steps = arrangeSpans(spans)
    const told = toInfo(info, await besides(deps, [info]))
    const name = told.name ?? steps[0]?.name ?? null
    return { ...told, name, tags: keyValues(info.tags), spans: steps }
  })
}

const MOST_EXPERIMENTS = 10_000

async function listTraces({ tracking, traces }: Deps, asked: Asked): Promise<TraceList> {
  const experimentIds =
    asked.experiment === undefined
      ? (await tracking.searchExperiments({ maxResults: MOST_EXPERIMENTS })).items.map(
          ({ id }) => id,
        )
      : [asked.experiment]
  const { items, nextPageToken } = await traces.search({
    experimentIds,
    filter: filterOf(asked),
    maxResults: asked.page_size,
    pageToken: asked.page_token,
  })
  const found = await besides({ traces }, items)
  return { items: items.map((info) => toInfo(info, found)), next_page_token: nextPageToken }
}

/** What is known of traces beside what their clients said of them. */
interface Besides {
  readonly runs: ReadonlyMap<string, string>
  readonly names: ReadonlyMap<string, string>
}

async function besides(
  { traces }: Pick<Deps, 'traces'>,
  infos: readonly StoredInfo[],
): Promise<Besides> {
  const nameless = infos.filter(({ tags }) => tags[NAME] === undefined)
  return {
    runs: await traces.listRunLinks(infos.map(({ id }) => id)),
    names: await traces.listRootNames(nameless.map(({ id }) => id)),
  }
}

const NAME = 'mlflow.traceName'

/** MLflow's language has no brackets for a group, but all clauses of it hold together. */
function filterOf({ text, filter, state, run }: Asked): string {
  const clauses = [
    ...(filter === undefined || filter.trim() === '' ? [] : [filter]),
    ...(text === undefined || text.trim() === ''
      ? []
      : [`trace.text ILIKE '%${text.trim().replaceAll("'", "''")}%'`]),
    ...(run === undefined ? [] : [`trace.run_id = '${run}'`]),
    ...(state === undefined ? [] : [`trace.status = '${state}'`]),
  ]
  return clauses.join(' AND ')
}

/** A client says the run within the trace, or links the two. */
function toInfo(info: StoredInfo, { runs, names }: Besides): TraceInfo {
  return {
    id: info.id,
    name: info.tags[NAME] ?? names.get(info.id) ?? null,
    experiment_id: info.experimentId,
    at: clientTime(info.at),
    duration_ms: info.duration,
    state: info.state,
    request: lineOf(info.requestPreview),
    response: lineOf(info.responsePreview),
    run_id: info.metadata['mlflow.sourceRun'] ?? runs.get(info.id) ?? null,
  }
}

/** As one line of a list. */
function lineOf(preview: string | null): string | null {
  return preview === null ? null : textOf(preview).replaceAll(/\s+/g, ' ')
}
