import { errorMessage } from '../base/errors.ts'
import type { Clock } from '../base/time.ts'
import type { Database } from '../storage/database/port.ts'
import { backoffMs } from './backoff.ts'
import { claimJob, extendLease, markFailed, markSucceeded, writeProgress } from './lease.ts'
import { anyDue, fireDue } from './schedules.ts'
import type { Job, JobHandler } from './schema.ts'

export interface WorkerDeps {
  readonly database: Database
  /** Project time: when jobs and schedules are due. */
  readonly clock: Clock
  /** Real time: leases and back-off. */
  readonly realClock: Clock
  readonly name: string
  readonly handlers: readonly JobHandler[]
  /** How long a job stays ours without a sign of life. */
  readonly leaseMs: number
  readonly concurrency: number
  readonly onFailure?: (job: Job, error: unknown) => void
}

export interface Worker {
  /** Looks for due work now; resolves when nothing is due and nothing runs here. */
  readonly settle: () => Promise<number>
  /** Looks at once, and again each `pollMs`. */
  readonly start: (pollMs: number) => void
  readonly wake: () => void
  /** Takes no more work, aborts what runs and waits for it. */
  readonly stop: () => Promise<void>
}

export function createWorker(deps: WorkerDeps): Worker {
  const kinds = deps.handlers.map((handler) => handler.kind)
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let ran = 0
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookAgain = false

  const look = async (): Promise<void> => {
    const now = deps.clock.now()
    if (await anyDue(deps.database.query, now)) {
      await deps.database.transaction((tx) => fireDue(tx, now))
    }
    while (running.size < deps.concurrency && !stopping.signal.aborted) {
      const job = await claimJob(deps.database, {
        worker: deps.name,
        kinds,
        now: deps.clock.now(),
        realNow: deps.realClock.now(),
        leaseMs: deps.leaseMs,
      })
      if (job === null) return
      ran += 1
      const done = runJob(deps, job, stopping.signal).finally(() => {
        running.delete(done)
        wake()
      })
      running.add(done)
    }
  }

  const lookUntilQuiet = async (): Promise<void> => {
    do {
      lookAgain = false
      await look()
    } while (lookAgain && !stopping.signal.aborted)
  }

  const wake = (): void => {
    if (stopping.signal.aborted) return
    lookAgain = true
    looking ??= lookUntilQuiet()
      .catch((error: unknown) => deps.onFailure?.(NO_JOB, error))
      .finally(() => {
        looking = undefined
      })
  }

  return {
    wake,
    start: (pollMs) => {
      wake()
      timer = setInterval(wake, pollMs)
    },
    settle: async () => {
      const before = ran
      do {
        wake()
        await looking
        if (running.size > 0) await Promise.race(running)
      } while (running.size > 0 || looking !== undefined)
      return ran - before
    },
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await looking
      await Promise.allSettled(running)
    },
  }
}

const NO_JOB: Job = {
  id: 'job_none',
  kind: 'none',
  payload: null,
  key: null,
  lane: null,
  state: 'queued',
  runAt: 0,
  attempts: 0,
  maxAttempts: 0,
  fence: 0,
  progress: null,
  error: null,
  causedBy: null,
  createdAt: 0,
  finishedAt: null,
}

async function runJob(deps: WorkerDeps, job: Job, stopping: AbortSignal): Promise<void> {
  const handler = deps.handlers.find((candidate) => candidate.kind === job.kind)
  const lost = new AbortController()
  const signal = AbortSignal.any([lost.signal, stopping])
  const heart = setInterval(() => {
    void extendLease(deps.database, job, deps.realClock.now() + deps.leaseMs)
      .then((held) => (held ? undefined : lost.abort()))
      // A database that is away for a moment does not end the job; the lease says how long we may go on.
      .catch(() => {})
  }, deps.leaseMs / 3)
  let completed = false
  try {
    await handler?.run(job, {
      signal,
      progress: (text) => writeProgress(deps.database, job, text),
      complete: async (tx) => {
        await markSucceeded(tx, job, deps.clock.now())
        completed = true
      },
    })
    if (!completed)
      await deps.database.transaction((tx) => markSucceeded(tx, job, deps.clock.now()))
  } catch (error) {
    await recordFailure(deps, job, error, signal)
  } finally {
    clearInterval(heart)
  }
}

async function recordFailure(deps: WorkerDeps, job: Job, error: unknown, signal: AbortSignal) {
  deps.onFailure?.(job, error)
  const now = deps.clock.now()
  const realNow = deps.realClock.now()
  // A worker that stops gives the job back at once; that was no fault of the job.
  const retryAt = signal.aborted ? realNow : realNow + backoffMs(job.attempts)
  const again = signal.aborted || job.attempts < job.maxAttempts
  await deps.database
    .transaction((tx) =>
      markFailed(tx, job, { error: errorMessage(error), now, retryAt: again ? retryAt : null }),
    )
    .catch((failure: unknown) => deps.onFailure?.(job, failure))
}
