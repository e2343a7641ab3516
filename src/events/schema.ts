import type { JsonObject } from '../base/json.ts'

export type EventId = `evt_${string}`

export interface EventInput {
  /** Past tense, with the capability's name: `monitoring.checked`. */
  readonly type: string
  /** What it is about: `model:births`, `version:births/3`, `run:…`. */
  readonly subject: string
  readonly data: JsonObject
  /** The event, job, prediction or alert that led to this one. */
  readonly causedBy: string | null
}

export interface RatchetEvent extends EventInput {
  readonly id: EventId
  /** Position in the log: rising, without meaning beyond order. */
  readonly seq: number
  /** Project time, in milliseconds. */
  readonly at: number
}

export interface EventFilter {
  readonly after?: number | undefined
  readonly before?: number | undefined
  readonly subject?: string | undefined
  readonly types?: readonly string[] | undefined
  readonly causedBy?: string | undefined
  readonly limit?: number | undefined
  readonly newestFirst?: boolean | undefined
}
