import { z } from 'zod'
import type {
  Attributes,
  AttributeValue,
  Span,
  SpanStatus,
} from '../../capabilities/tracking/index.ts'

/** OTLP's JSON: camelCase, identifiers in hexadecimal digits, 64 bits as text or number. */
const whole = z
  .union([z.string().regex(/^-?\d{1,20}$/), z.int()])
  .transform((value) => BigInt(value))
const nanoseconds = whole.refine((value) => value >= 0n)
const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`))
    .transform((text) => text.toLowerCase())

const valueSchema: z.ZodType<AttributeValue> = z.lazy(() =>
  z
    .object({
      stringValue: z.string(),
      boolValue: z.boolean(),
      intValue: whole,
      doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]),
      arrayValue: z.object({ values: z.array(valueSchema).default([]) }),
      kvlistValue: z.object({ values: attributesSchema }),
      bytesValue: z.string(),
    })
    .partial()
    .transform(
      (value): AttributeValue =>
        value.stringValue ??
        value.boolValue ??
        value.intValue ??
        (value.doubleValue === undefined ? undefined : Number(value.doubleValue)) ??
        value.arrayValue?.values ??
        value.kvlistValue?.values ??
        value.bytesValue ??
        null,
    ),
)
const attributesSchema: z.ZodType<Attributes> = z.lazy(() =>
  z
    .array(z.object({ key: z.string(), value: valueSchema.optional() }))
    .default([])
    .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value ?? null]))),
)

const STATUSES: readonly SpanStatus[] = ['UNSET', 'OK', 'ERROR']
const statusCode = z
  .union([z.int(), z.string().transform((name) => STATUSES.indexOf(toStatus(name)))])
  .transform((code) => STATUSES[code] ?? 'UNSET')

function toStatus(name: string): SpanStatus {
  return name.replace('STATUS_CODE_', '') as SpanStatus
}

const spanSchema = z
  .object({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: z.union([z.literal(''), hex(16)]).default(''),
    name: z.string().default(''),
    startTimeUnixNano: nanoseconds.default(0n),
    endTimeUnixNano: nanoseconds.default(0n),
    attributes: attributesSchema,
    events: z
      .array(
        z.object({
          timeUnixNano: nanoseconds.default(0n),
          name: z.string().default(''),
          attributes: attributesSchema,
        }),
      )
      .default([]),
    links: z
      .array(z.object({ traceId: hex(32), spanId: hex(16), attributes: attributesSchema }))
      .default([]),
    status: z
      .object({ code: statusCode.default('UNSET'), message: z.string().default('') })
      .default({ code: 'UNSET', message: '' }),
  })
  .transform((span): Span => ({
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentSpanId === '' ? null : span.parentSpanId,
    name: span.name,
    startNs: span.startTimeUnixNano,
    endNs: span.endTimeUnixNano === 0n ? null : span.endTimeUnixNano,
    status: span.status.code,
    message: span.status.message,
    attributes: span.attributes,
    events: span.events.map(({ timeUnixNano, ...event }) => ({ ...event, atNs: timeUnixNano })),
    links: span.links,
  }))

const requestSchema = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes: attributesSchema }).optional(),
        scopeSpans: z.array(z.object({ spans: z.array(z.unknown()).default([]) })).default([]),
      }),
    )
    .default([]),
})

export interface ReceivedSpans {
  readonly spans: readonly Span[]
  readonly resources: ReadonlyMap<string, Attributes>
}

export type Received =
  | { readonly is: 'spans'; readonly received: ReceivedSpans }
  | { readonly is: 'no request' | 'empty' | 'no span' }

/** Reads all spans or none. Pure. */
export function readSpans(request: unknown): Received {
  const parsed = requestSchema.safeParse(request)
  if (!parsed.success) return { is: 'no request' }
  const { resourceSpans } = parsed.data
  if (resourceSpans.length === 0) return { is: 'empty' }
  const spans: Span[] = []
  const resources = new Map<string, Attributes>()
  for (const { resource, scopeSpans } of resourceSpans)
    for (const raw of scopeSpans.flatMap((scope) => scope.spans)) {
      const span = spanSchema.safeParse(raw)
      if (!span.success) return { is: 'no span' }
      spans.push(span.data)
      resources.set(span.data.traceId, resource?.attributes ?? {})
    }
  return { is: 'spans', received: { spans, resources } }
}
