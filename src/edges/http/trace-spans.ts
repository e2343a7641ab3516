import type { AttributeValue, Span } from '../../capabilities/tracking/index.ts'
import type { TraceSpan } from './contract.ts'

const INPUTS = 'mlflow.spanInputs'
const OUTPUTS = 'mlflow.spanOutputs'
const TYPE = 'mlflow.spanType'
const OWN = new Set([INPUTS, OUTPUTS, TYPE, 'mlflow.traceRequestId'])

/** Each step below the one that it is a part of, in the order in which they began. One whose parent never came stands at the top. */
export function arrangeSpans(spans: readonly Span[]): readonly TraceSpan[] {
  const ordered = spans.toSorted((a, b) => Number(a.startNs - b.startNs))
  const known = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(ordered, ({ parentId }) =>
    parentId !== null && known.has(parentId) ? parentId : null,
  )
  const begun = ordered[0]?.startNs ?? 0n
  const seen = new Set<string>()
  const withParts = (span: Span, depth: number): readonly TraceSpan[] => {
    if (seen.has(span.spanId)) return []
    seen.add(span.spanId)
    const parts = children.get(span.spanId) ?? []
    return [toSpan(span, depth, begun), ...parts.flatMap((part) => withParts(part, depth + 1))]
  }
  const tree = (children.get(null) ?? []).flatMap((span) => withParts(span, 0))
  // A client may send spans that are their own ancestors: nothing leads to them from the top.
  return [...tree, ...ordered.flatMap((span) => withParts(span, 0))]
}

function toSpan(span: Span, depth: number, begun: bigint): TraceSpan {
  const { attributes, startNs, endNs } = span
  return {
    id: span.spanId,
    name: span.name,
    type: textOrNull(attributes[TYPE]),
    depth,
    start_ms: toMs(startNs - begun),
    duration_ms: endNs === null ? null : toMs(endNs - startNs),
    status: span.status,
    message: span.message,
    inputs: textOrNull(attributes[INPUTS]),
    outputs: textOrNull(attributes[OUTPUTS]),
    attributes: Object.entries(attributes)
      .filter(([key]) => !OWN.has(key))
      .map(([key, value]) => ({ key, value: textOf(value) })),
    events: span.events.map(({ name, atNs, attributes: more }) => ({
      name,
      at_ms: toMs(atNs - begun),
      text: Object.entries(more)
        .map(([key, value]) => `${key}: ${textOf(value)}`)
        .join('\n'),
    })),
  }
}

function toMs(ns: bigint): number {
  return Number(ns) / 1e6
}

function textOrNull(value: AttributeValue | undefined): string | null {
  return value === undefined || value === null ? null : textOf(value)
}

/** MLflow's client writes values as JSON within a text, which may be a text in JSON itself: opened, as people write it. */
export function textOf(value: AttributeValue): string {
  if (typeof value !== 'string') return inLines(value)
  if (!/^\s*["[{]/.test(value)) return value
  try {
    const inner: unknown = JSON.parse(value)
    return typeof inner === 'string' ? textOf(inner) : inLines(inner)
  } catch {
    return value
  }
}

function inLines(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return JSON.stringify(value, exact, 2)
}

/** Whole numbers of 64 bits that a number cannot hold are written as text. */
function exact(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
