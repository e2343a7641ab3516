import type { Json } from '../../base/json.ts'

export type ReportId = `rpt_${string}`
/** How a request came to its version; `fallback`: the champion answered because the challenger failed. */
export type Arm = 'control' | 'canary' | 'fallback' | 'pinned'

/** One answered request, as the data plane writes it into the spool. */
export interface PredictionRecord {
  readonly kind: 'prediction'
  readonly id: string
  /** Event time in milliseconds. */
  readonly at: number
  readonly endpoint: string
  readonly model: string
  readonly version: number
  readonly arm: Arm
  readonly key: string | null
  readonly inputs: Columns
  readonly outputs: Columns
  /** How long the answer took. */
  readonly ms: number
  readonly status: string
  readonly error: string | null
  readonly canary_error: string | null
  /** The rollout that was under way for the endpoint, whichever arm answered. */
  readonly rollout_id: string | null
}

/** Values by name, one array a column and one element a row. */
export type Columns = Readonly<Record<string, Json>>

/** What the challenger would have answered; it follows its prediction in the spool. */
export interface ShadowRecord {
  readonly kind: 'shadow'
  readonly prediction_id: string
  readonly version: number
  readonly outputs: Columns
  readonly ms: number
  /** `CODE: detail`. */
  readonly error: string | null
}

/** The truth about an earlier prediction. */
export interface FeedbackRecord {
  readonly kind: 'feedback'
  readonly id: string
  readonly at: number
  readonly prediction_id: string
  readonly label: number | boolean
  /** Replaces a label that was wrong; without it a second, other label is refused. */
  readonly correction?: boolean | undefined
  readonly source?: string | undefined
}

export type SpoolRecord = PredictionRecord | ShadowRecord | FeedbackRecord

/** How far the spool has been read. */
export interface SpoolCursor {
  readonly segment: number
  readonly offset: number
}

export type FeedbackOutcome = 'accepted' | 'duplicate' | 'unknown' | 'contradicting'

/** A prediction whose truth is known. */
export interface LabelledRow {
  readonly id: string
  readonly at: number
  readonly version: number
  readonly arm: Arm
  readonly inputs: Columns
  readonly output: number
  readonly label: number
}

/** What a mean is estimated from: enough for an interval. */
export interface MeanEvidence {
  readonly n: number
  readonly mean: number
  /** Sample variance (n - 1). */
  readonly variance: number
}
