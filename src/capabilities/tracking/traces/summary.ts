import { writeJson } from './json-text.ts'
import type { Attributes, AttributeValue, Span, Texts, TraceState } from './schema.ts'

/** What spans tell of their trace, for as long as nobody has told it himself. */
export interface TraceSummary {
  readonly at: number
  readonly endedAt: number | null
  /** `null` while the root has not come. */
  readonly state: TraceState | null
  readonly requestPreview: string | null
  readonly responsePreview: string | null
  readonly metadata: Texts
  readonly tags: Texts
}

const PREVIEW_LENGTH = 1000
const TOKENS = 'mlflow.chat.tokenUsage'
const COST = 'mlflow.llm.cost'
const TAG_OF_TRACE = 'mlflow.traceTag.'

/** Pure. `spans` are all of one trace, at least one. */
export function summarize(spans: readonly Span[]): TraceSummary {
  const root = spans.find(({ parentId }) => parentId === null)
  const ends = spans.flatMap(({ endNs }) => (endNs === null ? [] : [toMs(endNs)]))
  return {
    at: spans.reduce((least, { startNs }) => Math.min(least, toMs(startNs)), Infinity),
    endedAt: ends.length === 0 ? null : ends.reduce((most, end) => Math.max(most, end)),
    state: root === undefined ? null : root.status === 'ERROR' ? 'ERROR' : 'OK',
    requestPreview: previewOf(root?.attributes['mlflow.spanInputs'], 'user'),
    responsePreview: previewOf(root?.attributes['mlflow.spanOutputs'], 'assistant'),
    metadata: metadataOf(spans),
    tags: tagsOf(root?.attributes ?? {}),
  }
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n)
}

function metadataOf(spans: readonly Span[]): Texts {
  const session = firstText(spans, ['session.id', 'gen_ai.conversation.id'])
  const user = firstText(spans, ['user.id'])
  const tokens = sumOf(spans, TOKENS)
  const cost = sumOf(spans, COST)
  return {
    ...(session === undefined ? {} : { 'mlflow.trace.session': session }),
    ...(user === undefined ? {} : { 'mlflow.trace.user': user }),
    ...(tokens === null ? {} : { 'mlflow.trace.tokenUsage': JSON.stringify(tokens) }),
    ...(cost === null ? {} : { 'mlflow.trace.cost': JSON.stringify(cost) }),
  }
}

function firstText(spans: readonly Span[], keys: readonly string[]): string | undefined {
  const values = spans.flatMap(({ attributes }) => keys.map((key) => attributes[key]))
  const found = values.find((value) => value !== undefined && value !== null && value !== '')
  return found === undefined ? undefined : plain(found)
}

function tagsOf(attributes: Attributes): Texts {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => key.startsWith(TAG_OF_TRACE))
      .map(([key, value]) => [key.slice(TAG_OF_TRACE.length), plain(value)]),
  )
}

export function plain(value: AttributeValue): string {
  return typeof value === 'string' ? value : writeJson(value)
}

/** Whether the span has figures that are summed over its trace. */
export function hasFigures({ attributes }: Span): boolean {
  return TOKENS in attributes || COST in attributes
}

/** A span that has the figure counts for all below it: those of its children are in it already. */
function sumOf(spans: readonly Span[], key: string): Readonly<Record<string, number>> | null {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const covered = (span: Span): boolean => {
    const seen = new Set([span.spanId])
    for (let parent = byId.get(span.parentId ?? ''); parent !== undefined;) {
      if (seen.has(parent.spanId)) return false
      if (isStructure(parent.attributes[key])) return true
      seen.add(parent.spanId)
      parent = byId.get(parent.parentId ?? '')
    }
    return false
  }
  const total: Record<string, number> = {}
  for (const span of spans) {
    const figures = span.attributes[key]
    if (!isStructure(figures) || covered(span)) continue
    for (const [name, value] of Object.entries(figures))
      if (typeof value === 'bigint' || typeof value === 'number')
        total[name] = (total[name] ?? 0) + Number(value)
  }
  return Object.keys(total).length === 0 ? null : total
}

type Structure = Readonly<Record<string, AttributeValue>>

function isStructure(value: AttributeValue | undefined): value is Structure {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Of a conversation, its last word by that role; of anything else, its beginning.
function previewOf(value: AttributeValue | undefined, role: string): string | null {
  if (value === undefined || value === null) return null
  const text = lastWord(value, role) ?? writeJson(value)
  return text.length <= PREVIEW_LENGTH ? text : `${text.slice(0, PREVIEW_LENGTH - 3)}...`
}

function lastWord(value: AttributeValue, role: string): string | null {
  if (!isStructure(value)) return null
  const { messages, choices } = value
  const said = Array.isArray(messages) ? (messages as readonly AttributeValue[]) : []
  const first = Array.isArray(choices) ? (choices[0] as AttributeValue | undefined) : undefined
  const answer = isStructure(first) ? first['message'] : undefined
  const candidates = [...said, ...(answer === undefined ? [] : [answer])].filter(isStructure)
  const last = candidates.findLast((message) => message['role'] === role) ?? candidates.at(-1)
  const content = last?.['content']
  return typeof content === 'string' ? content : null
}
