import { randomUUID } from 'node:crypto'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { trackingErrors } from '../errors.ts'
import { requireActive } from '../experiments.ts'
import { invalid } from '../names.ts'
import { getRunInfo } from '../runs.ts'
import type { Experiment } from '../schema.ts'
import { addAssessment } from './assessments.ts'
import type { NewTrace, Texts, TraceInfo, TraceState } from './schema.ts'
import {
  chunks,
  complete,
  findRow,
  type LinkKind,
  putTexts,
  saveRow,
  tables,
  type TraceRow,
} from './store.ts'

const MOST_LINKS = 100

/** What only the server knows: where the client puts files of the trace. */
export function artifactTag({ artifactLocation }: Experiment, traceId: string): Texts {
  const root = artifactLocation.replace(/\/$/, '')
  return { 'mlflow.artifactLocation': `${root}/traces/${traceId}/artifacts` }
}

/**
 * The whole trace, told by its client once it has ended. Spans may have come before it or come after it; what is told
 * here counts, and what is left out stays.
 * @throws TRACKING_UNKNOWN, TRACKING_INVALID
 */
export async function startTrace(deps: TrackingDeps, trace: NewTrace): Promise<TraceInfo> {
  if (!/^[\w:./-]{1,250}$/.test(trace.id)) throw invalid(`Invalid trace ID: '${trace.id}'`)
  const now = deps.clock.now()
  return deps.database.transaction(async (tx) => {
    const experiment = await requireActive(tx, trace.experimentId)
    const known = await findRow(tx, trace.id)
    await saveRow(tx, toldRow(trace, known))
    const tags = { ...trace.tags, ...artifactTag(experiment, trace.id) }
    await putTexts(tx, 'tracking_trace_tags', { traceId: trace.id, texts: tags })
    const metadata = { traceId: trace.id, texts: trace.metadata }
    await putTexts(tx, 'tracking_trace_metadata', metadata)
    for (const assessment of trace.assessments)
      await addAssessment(tx, { traceId: trace.id, assessment, now })
    return getTraceInfo(tx, trace.id)
  })
}

function toldRow(trace: NewTrace, known: TraceRow | undefined): TraceRow {
  return {
    id: trace.id,
    experiment_id: Number(trace.experimentId),
    client_request_id: trace.clientRequestId,
    at: trace.at,
    duration: trace.duration,
    state: trace.state,
    request_preview: trace.requestPreview ?? known?.request_preview ?? null,
    response_preview: trace.responsePreview ?? known?.response_preview ?? null,
    told: 1,
  }
}

/** For clients before 2.21, which tell of the start and of the end. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function beginTrace(
  deps: TrackingDeps,
  begun: Pick<NewTrace, 'experimentId' | 'at' | 'metadata' | 'tags'>,
): Promise<TraceInfo> {
  return startTrace(deps, {
    ...begun,
    id: randomUUID().replaceAll('-', ''),
    clientRequestId: null,
    duration: null,
    state: 'IN_PROGRESS',
    requestPreview: null,
    responsePreview: null,
    assessments: [],
  })
}

export interface TraceEnd {
  readonly at: number
  readonly state: TraceState
  readonly metadata: Texts
  readonly tags: Texts
}

/** @throws TRACKING_UNKNOWN */
export async function endTrace(deps: TrackingDeps, id: string, end: TraceEnd): Promise<TraceInfo> {
  return deps.database.transaction(async (tx) => {
    const row = await requireTrace(tx, id)
    await saveRow(tx, { ...row, duration: end.at - row.at, state: end.state })
    await putTexts(tx, 'tracking_trace_metadata', { traceId: id, texts: end.metadata })
    await putTexts(tx, 'tracking_trace_tags', { traceId: id, texts: end.tags })
    return getTraceInfo(tx, id)
  })
}

/** @throws TRACKING_UNKNOWN */
export async function requireTrace(query: Query, id: string): Promise<TraceRow> {
  const row = await findRow(query, id)
  if (row !== undefined) return row
  throw trackingErrors.TRACKING_UNKNOWN({ detail: `Trace with ID '${id}' not found.` })
}

/** @throws TRACKING_UNKNOWN */
export async function getTraceInfo(query: Query, id: string): Promise<TraceInfo> {
  const [info] = await complete(query, [await requireTrace(query, id)])
  if (info === undefined) throw new Error(`The trace ${id} went while it was read.`)
  return info
}

/** In the order asked for; those that are not there are left out. */
export async function listTraceInfos(
  query: Query,
  ids: readonly string[],
): Promise<readonly TraceInfo[]> {
  const rows: TraceRow[] = []
  const wanted = [...new Set(ids)]
  for (const chunk of chunks(wanted))
    rows.push(
      ...(await tables(query)
        .selectFrom('tracking_traces')
        .selectAll()
        .where('id', 'in', chunk)
        .execute()),
    )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return complete(
    query,
    wanted.flatMap((id) => byId.get(id) ?? []),
  )
}

export interface TraceDeletion {
  readonly experimentId: string
  /** Those that began then or before. */
  readonly until?: number | undefined
  /** The oldest, no more than this. */
  readonly most?: number | undefined
  readonly ids: readonly string[]
}

/** Gives the number deleted. @throws TRACKING_INVALID */
export async function deleteTraces(deps: TrackingDeps, asked: TraceDeletion): Promise<number> {
  const { experimentId, until, most, ids } = asked
  if (until === undefined && ids.length === 0)
    throw invalid('Either `max_timestamp_millis` or `trace_ids` must be specified.')
  if (until !== undefined && ids.length > 0)
    throw invalid('Only one of `max_timestamp_millis` and `trace_ids` can be specified.')
  if (ids.length > 0 && most !== undefined)
    throw invalid("`max_traces` can't be specified if `trace_ids` is specified.")
  if (most !== undefined && most <= 0)
    throw invalid(`\`max_traces\` must be a positive integer, received ${most}.`)
  if (!/^\d{1,15}$/.test(experimentId)) return 0
  return deps.database.transaction(async (tx) => {
    const doomed = ids.length > 0 ? ids : await oldest(tx, asked)
    let deleted = 0
    for (const chunk of chunks(doomed)) {
      const gone = await tables(tx)
        .deleteFrom('tracking_traces')
        .where('id', 'in', chunk)
        .where('experiment_id', '=', Number(experimentId))
        .returning('id')
        .execute()
      deleted += gone.length
      const ids = gone.map(({ id }) => id)
      if (ids.length > 0)
        await tables(tx).deleteFrom('tracking_trace_links').where('trace_id', 'in', ids).execute()
    }
    return deleted
  })
}

async function oldest(tx: Tx, { experimentId, until, most }: TraceDeletion) {
  let select = tables(tx)
    .selectFrom('tracking_traces')
    .select('id')
    .where('experiment_id', '=', Number(experimentId))
    .orderBy('at')
    .orderBy('id')
  if (until !== undefined) select = select.where('at', '<=', until)
  if (most !== undefined) select = select.limit(most)
  return (await select.execute()).map(({ id }) => id)
}

/** A trace may arrive after its link: clients send it in the background. @throws TRACKING_UNKNOWN (run), TRACKING_INVALID (more than 100) */
export async function linkToRun(tx: Tx, ids: readonly string[], runId: string): Promise<void> {
  if (ids.length > MOST_LINKS)
    throw invalid(
      `Cannot link more than ${MOST_LINKS} traces to a run in a single request. Provided ${ids.length} traces.`,
    )
  await getRunInfo(tx, runId)
  for (const traceId of ids) await putLink(tx, { traceId, kind: 'run', target: runId })
}

/** What the first step of each trace is called, by the trace's id, for traces that nobody gave a name. */
export async function listRootNames(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const chunk of chunks(ids)) {
    const rows = await tables(query)
      .selectFrom('tracking_trace_spans')
      .select(['trace_id', 'name'])
      .where('trace_id', 'in', chunk)
      .where('parent_id', 'is', null)
      .orderBy('started_us', 'desc')
      .execute()
    for (const { trace_id: id, name } of rows) found.set(id, name)
  }
  return found
}

/** The first run that each trace was linked to, where it is one, by the trace's id. */
export async function listRunLinks(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const chunk of chunks(ids)) {
    const rows = await tables(query)
      .selectFrom('tracking_trace_links')
      .select(['trace_id', 'target'])
      .where('kind', '=', 'run')
      .where('trace_id', 'in', chunk)
      .orderBy('target', 'desc')
      .execute()
    for (const { trace_id: id, target } of rows) found.set(id, target)
  }
  return found
}

/** `prompts` as `name/version`. @throws TRACKING_UNKNOWN */
export async function linkPrompts(tx: Tx, id: string, prompts: readonly string[]): Promise<void> {
  await requireTrace(tx, id)
  for (const target of prompts) await putLink(tx, { traceId: id, kind: 'prompt', target })
}

interface NewLink {
  readonly traceId: string
  readonly kind: LinkKind
  readonly target: string
}

async function putLink(tx: Tx, { traceId, kind, target }: NewLink): Promise<void> {
  await tables(tx)
    .insertInto('tracking_trace_links')
    .values({ trace_id: traceId, kind, target })
    .onConflict((conflict) => conflict.columns(['trace_id', 'kind', 'target']).doNothing())
    .execute()
}
