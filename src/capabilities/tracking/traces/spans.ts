import type { Tx } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { requireActive } from '../experiments.ts'
import type { Experiment } from '../schema.ts'
import {
  type Attributes,
  IN_OUR_STORE,
  type Span,
  SPANS_LOCATION_TAG,
  type Texts,
  traceIdOf,
} from './schema.ts'
import { readSpan, writeSpan } from './span-content.ts'
import { contentsOf, findRow, putSpans, putTexts, saveRow, type TraceRow } from './store.ts'
import { hasFigures, plain, summarize, type TraceSummary } from './summary.ts'
import { artifactTag, linkToRun } from './traces.ts'
import { keepTags } from './trace-tags.ts'

/** Spans of one process, as they came: of one or of many traces. */
export interface SpanBatch {
  readonly experimentId: string
  readonly spans: readonly Span[]
  /** What the process says of itself, by trace. */
  readonly resources: ReadonlyMap<string, Attributes>
  readonly runId?: string | undefined
}

/**
 * Stores all or nothing; a span that comes again replaces itself. A trace that nobody has told of is made.
 * @throws TRACKING_UNKNOWN (experiment, run), TRACKING_INVALID (deleted experiment)
 */
export async function logSpans(deps: TrackingDeps, batch: SpanBatch): Promise<void> {
  const { experimentId, spans, resources, runId } = batch
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId)
  await deps.database.transaction(async (tx) => {
    const experiment = await requireActive(tx, experimentId)
    for (const [hex, ofTrace] of byTrace)
      await logTrace(tx, { experiment, hex, spans: ofTrace, resource: resources.get(hex) ?? {} })
    if (runId !== undefined) await linkToRun(tx, [...byTrace.keys()].map(traceIdOf), runId)
  })
}

interface SpansOfTrace {
  readonly experiment: Experiment
  readonly hex: string
  readonly spans: readonly Span[]
  readonly resource: Attributes
}

async function logTrace(tx: Tx, { experiment, hex, spans, resource }: SpansOfTrace) {
  const id = traceIdOf(hex)
  const known = await findRow(tx, id)
  const summary = summarize(await tellingSpans(tx, { id, known, spans }))
  await saveRow(tx, known === undefined ? firstRow(id, experiment, summary) : grown(known, summary))
  await putSpans(
    tx,
    spans.map((span) => toRow(id, span)),
  )
  const tags = {
    ...(known === undefined ? artifactTag(experiment, id) : {}),
    ...keepTags(resourceTags(resource)),
    ...keepTags(summary.tags),
    [SPANS_LOCATION_TAG]: IN_OUR_STORE,
  }
  await putTexts(tx, 'tracking_trace_tags', { traceId: id, texts: tags })
  if (known?.told !== 1)
    await putTexts(tx, 'tracking_trace_metadata', { traceId: id, texts: summary.metadata })
}

/** Those that came now; all, where sums over the tree of spans change. */
async function tellingSpans(
  tx: Tx,
  asked: {
    readonly id: string
    readonly known: TraceRow | undefined
    readonly spans: readonly Span[]
  },
): Promise<readonly Span[]> {
  const { id, known, spans } = asked
  if (known === undefined || known.told === 1 || !spans.some(hasFigures)) return spans
  const stored = (await contentsOf(tx, [id])).get(id) ?? []
  return [
    ...new Map([...stored.map(readSpan), ...spans].map((span) => [span.spanId, span])).values(),
  ]
}

function firstRow(id: string, experiment: Experiment, summary: TraceSummary): TraceRow {
  return {
    id,
    experiment_id: Number(experiment.id),
    client_request_id: null,
    at: summary.at,
    duration: summary.endedAt === null ? null : summary.endedAt - summary.at,
    state: summary.state ?? 'IN_PROGRESS',
    request_preview: summary.requestPreview,
    response_preview: summary.responsePreview,
    told: 0,
  }
}

function grown(row: TraceRow, summary: TraceSummary): TraceRow {
  const open = row.state === 'IN_PROGRESS' || row.state === 'STATE_UNSPECIFIED'
  return {
    ...row,
    ...(row.told === 1 ? {} : timesOf(row, summary)),
    state: open ? (summary.state ?? row.state) : row.state,
    request_preview: row.request_preview ?? summary.requestPreview,
    response_preview: row.response_preview ?? summary.responsePreview,
  }
}

function timesOf({ at, duration }: TraceRow, summary: TraceSummary) {
  const first = Math.min(at, summary.at)
  const ends = [duration === null ? null : at + duration, summary.endedAt]
  const last = ends.filter((end) => end !== null).reduce((most, end) => Math.max(most, end), first)
  return { at: first, duration: ends.every((end) => end === null) ? null : last - first }
}

function toRow(traceId: string, span: Span) {
  const attributes = { ...span.attributes, 'mlflow.traceRequestId': traceId }
  const type = attributes['mlflow.spanType' as keyof typeof attributes] as unknown
  return {
    trace_id: traceId,
    span_id: span.spanId,
    parent_id: span.parentId,
    name: span.name,
    type: typeof type === 'string' ? type : null,
    status: span.status,
    started_us: Number(span.startNs / 1000n),
    content: writeSpan({ ...span, attributes }),
  }
}

// A process may say what it is, but not what only the server knows.
function resourceTags(resource: Attributes): Texts {
  return Object.fromEntries(
    Object.entries(resource)
      .filter(([key]) => !key.startsWith('telemetry.sdk.') && !key.startsWith('mlflow.'))
      .map(([key, value]) => [key, plain(value)]),
  )
}
