import type { Json } from '../base/json.ts'
import type { Tx } from '../storage/database/port.ts'

export type JobId = `job_${string}`
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

export interface JobSpec {
  readonly kind: string
  readonly payload: Json
  /** Unique within the kind: enqueuing it again returns the job that is there. */
  readonly key?: string | undefined
  /** At most one job of a lane runs at a time. */
  readonly lane?: string | undefined
  /** Not before this moment of project time, in milliseconds. */
  readonly runAt?: number | undefined
  readonly maxAttempts?: number | undefined
  readonly causedBy: string | null
}

export interface Job {
  readonly id: JobId
  readonly kind: string
  readonly payload: Json
  readonly key: string | null
  readonly lane: string | null
  readonly state: JobState
  readonly runAt: number
  readonly attempts: number
  readonly maxAttempts: number
  /** Rises with each claim: whoever holds an older one has lost the job. */
  readonly fence: number
  readonly progress: string | null
  readonly error: string | null
  readonly causedBy: string | null
  readonly createdAt: number
  readonly finishedAt: number | null
}

export interface JobContext {
  /** Aborted when the lease is lost, the job is cancelled or the worker stops. */
  readonly signal: AbortSignal
  readonly progress: (text: string) => Promise<void>
  /**
   * Marks the job as done inside the caller's own transaction, so that its effect happens exactly once.
   * @throws JOB_FENCED when another worker has taken the job over.
   */
  readonly complete: (tx: Tx) => Promise<void>
  /** The same for work that was given up because somebody asked for it. */
  readonly giveUp: (tx: Tx) => Promise<void>
}

export interface JobHandler {
  readonly kind: string
  readonly run: (job: Job, context: JobContext) => Promise<void>
}

export interface ScheduleSpec {
  readonly name: string
  readonly cron: string
  readonly timezone?: string | undefined
  readonly kind: string
  readonly payload: Json
}

export interface Schedule extends ScheduleSpec {
  readonly timezone: string
  readonly nextAt: number
  readonly lastAt: number | null
  readonly paused: boolean
}
