import type { Json, JsonObject } from '../../../base/json.ts'

/** Whole numbers are `bigint`, so that 64 bits stay exact and 1.0 stays apart from 1. Bytes are base64. */
export type AttributeValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

export type Attributes = Readonly<Record<string, AttributeValue>>

export type SpanStatus = 'UNSET' | 'OK' | 'ERROR'

/** One timed step of a trace. Identifiers in hexadecimal digits, times in nanoseconds since 1970. */
export interface Span {
  /** 32 digits. */
  readonly traceId: string
  /** 16 digits. */
  readonly spanId: string
  /** `null` at the root. */
  readonly parentId: string | null
  readonly name: string
  readonly startNs: bigint
  readonly endNs: bigint | null
  readonly status: SpanStatus
  readonly message: string
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
}

export interface SpanEvent {
  readonly name: string
  readonly atNs: bigint
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

export type TraceState = 'STATE_UNSPECIFIED' | 'OK' | 'ERROR' | 'IN_PROGRESS'

export type Texts = Readonly<Record<string, string>>

/** A trace without its spans. Times in milliseconds. */
export interface TraceInfo {
  /** `tr-` and 32 hexadecimal digits; old clients' have no `tr-`. */
  readonly id: string
  readonly clientRequestId: string | null
  readonly experimentId: string
  readonly at: number
  /** `null` while it runs. */
  readonly duration: number | null
  readonly state: TraceState
  readonly requestPreview: string | null
  readonly responsePreview: string | null
  readonly metadata: Texts
  readonly tags: Texts
  readonly assessments: readonly Assessment[]
}

export type NewTrace = Omit<TraceInfo, 'assessments'> & {
  readonly assessments: readonly NewAssessment[]
}

export interface Trace {
  readonly info: TraceInfo
  readonly spans: readonly Span[]
}

export type AssessmentKind = 'feedback' | 'expectation' | 'issue'

/** What a person, a program or another model says of a trace. */
export interface Assessment {
  /** `a-` and 32 hexadecimal digits. */
  readonly id: string
  readonly traceId: string
  readonly name: string
  readonly kind: AssessmentKind
  readonly value: Json
  /** Why there is no feedback. */
  readonly error: JsonObject | null
  readonly sourceType: string
  readonly sourceId: string
  readonly spanId: string | null
  readonly rationale: string | null
  readonly metadata: Texts
  /** The assessment that this one stands for from now on. */
  readonly overrides: string | null
  /** False once another one overrides it. */
  readonly valid: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

export type NewAssessment = Omit<
  Assessment,
  'id' | 'traceId' | 'valid' | 'createdAt' | 'updatedAt'
> & {
  readonly id?: string | undefined
  readonly createdAt?: number | undefined
  readonly updatedAt?: number | undefined
}

export interface AssessmentChange {
  readonly name?: string | undefined
  readonly expectation?: Json | undefined
  readonly feedback?: { readonly value: Json; readonly error: JsonObject | null } | undefined
  readonly rationale?: string | undefined
  readonly metadata?: Texts | undefined
}

export const SPANS_LOCATION_TAG = 'mlflow.trace.spansLocation'
export const IN_OUR_STORE = 'TRACKING_STORE'

export function traceIdOf(hex: string): string {
  return `tr-${hex}`
}
