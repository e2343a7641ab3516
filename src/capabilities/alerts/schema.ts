import type { JsonObject } from '../../base/json.ts'

export type AlertId = `alr_${string}`
/** Inactive is the absence of an open alert. */
export type AlertState = 'pending' | 'firing' | 'resolved'
export type Severity = 'warning' | 'critical'

/**
 * What a watcher says of one rule now. `unknown`: too little data, so nothing changes. `unwatched`: nobody looks any
 * more, so it ends at once.
 */
export interface Signal {
  /** `drift:weekday`, `quality`, `data`, `rollout`. */
  readonly rule: string
  readonly condition: 'active' | 'calm' | 'unknown' | 'unwatched'
  readonly severity: Severity
  /** One sentence, for people. */
  readonly summary: string
  readonly evidence: JsonObject
}

export interface Alert {
  readonly id: AlertId
  readonly model: string
  readonly rule: string
  readonly state: AlertState
  readonly severity: Severity
  readonly summary: string
  readonly evidence: JsonObject
  readonly pendingAt: number
  readonly firedAt: number | null
  /** Since when the condition has been over, while it still fires. */
  readonly calmSince: number | null
  /** When it resolved, or when it went away before it fired. */
  readonly endedAt: number | null
  readonly seenAt: number
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  readonly causedBy: string | null
}

export interface AlertStep {
  readonly state: AlertState | 'gone'
  readonly at: number
  readonly causedBy: string | null
}
