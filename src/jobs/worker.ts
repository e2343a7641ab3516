import { errorMessage } from '../base/errors.ts'
import type { Clock } from '../base/time.ts'
import type { Database, Tx } from '../storage/database/port.ts'
import { backoffMs } from './backoff.ts'
import { claimJob, extendLease, markEnded, markFailed, writeProgress } from './lease.ts'
import { RetryAdvice } from './retry-advice.ts'
import { anyDue, fireDue } from './schedules.ts'
import type { Job, JobHandler } from './schema.ts'
import { earliestRetry } from './store.ts'

export interface WorkerDeps {
  readonly database: Database
  /** Project time: when jobs and schedules are due. */
  readonly clock: Clock
  /** Real time: leases and back-off. */
  readonly realClock: Clock
  readonly name: string
  readonly handlers: readonly JobHandler[]
  /** How long a job stays ours without a sign of life, in milliseconds. */
  readonly leaseMs: number
  readonly concurrency: number
  /** Told of each failed attempt; `job` is null when looking for work itself failed. */
  readonly onFailure: (job: Job | null, error: unknown) => void
}

export interface Worker {
  /** Works until nothing is due, running or waiting for a retry; resolves with the number of jobs run. */
  readonly settle: () => Promise<number>
  /** Looks at once, and again each `pollMs`. */
  readonly start: (pollMs: number) => void
  readonly wake: () => void
  /** Takes no more work, aborts what runs and waits for it. */
  readonly stop: () => Promise<void>
}

interface WorkerState {
  readonly running: Set<Promise<void>>
  readonly stopping: AbortController
  ran: number
  looking: Promise<void> | undefined
  lookAgain: boolean
}

export function createWorker(deps: WorkerDeps): Worker {
  const state: WorkerState = {
    running: new Set(),
    stopping: new AbortController(),
    ran: 0,
    looking: undefined,
    lookAgain: false,
  }
  let timer: NodeJS.Timeout | undefined
  const wake = () => lookForWork(deps, state)
  return {
    wake,
    start: (pollMs) => {
      wake()
      timer = setInterval(wake, pollMs)
    },
    settle: () => settle(deps, state),
    stop: async () => {
      clearInterval(timer)
      state.stopping.abort()
      await state.looking
      await Promise.allSettled(state.running)
    },
  }
}

function lookForWork(deps: WorkerDeps, state: WorkerState): void {
  if (state.stopping.signal.aborted) return
  state.lookAgain = true
  state.looking ??= lookUntilQuiet(deps, state)
    .catch((error: unknown) => deps.onFailure(null, error))
    .finally(() => {
      state.looking = undefined
    })
}

async function lookUntilQuiet(deps: WorkerDeps, state: WorkerState): Promise<void> {
  do {
    state.lookAgain = false
    const now = deps.clock.now()
    if (await anyDue(deps.database.query, now))
      await deps.database.transaction((tx) => fireDue(tx, now))
    await takeJobs(deps, state)
  } while (state.lookAgain && !state.stopping.signal.aborted)
}

async function takeJobs(deps: WorkerDeps, state: WorkerState): Promise<void> {
  const kinds = deps.handlers.map((handler) => handler.kind)
  const { name: worker, leaseMs } = deps
  while (state.running.size < deps.concurrency && !state.stopping.signal.aborted) {
    const times = { now: deps.clock.now(), realNow: deps.realClock.now() }
    const job = await claimJob(deps.database, { worker, kinds, leaseMs, ...times })
    if (job === null) return
    state.ran += 1
    const done = runJob(deps, job, state.stopping.signal).finally(() => {
      state.running.delete(done)
      lookForWork(deps, state)
    })
    state.running.add(done)
  }
}

async function settle(deps: WorkerDeps, state: WorkerState): Promise<number> {
  const before = state.ran
  const kinds = deps.handlers.map((handler) => handler.kind)
  let retryAt: number | null
  do {
    lookForWork(deps, state)
    await state.looking
    if (state.running.size > 0) await Promise.race(state.running)
    if (state.running.size > 0 || state.looking !== undefined) continue
    // A job that failed once is still part of this moment: its retry is waited for.
    retryAt = await earliestRetry(deps.database.query, kinds, deps.clock.now())
    if (retryAt === null) break
    const wait = Math.max(5, retryAt - deps.realClock.now())
    await new Promise((resolve) => setTimeout(resolve, wait))
  } while (!state.stopping.signal.aborted)
  return state.ran - before
}

async function runJob(deps: WorkerDeps, job: Job, stopping: AbortSignal): Promise<void> {
  const handler = deps.handlers.find((candidate) => candidate.kind === job.kind)
  const lost = new AbortController()
  const signal = AbortSignal.any([lost.signal, stopping])
  const heart = setInterval(() => {
    void extendLease(deps.database, job, deps.realClock.now() + deps.leaseMs)
      .then((held) => (held ? undefined : lost.abort()))
      // A database that is away for a moment does not end the job; the lease says how long we may go on.
      .catch((error: unknown) => deps.onFailure(job, error))
  }, deps.leaseMs / 3)
  let completed = false
  const endAs = async (tx: Tx, as: 'succeeded' | 'cancelled'): Promise<void> => {
    await markEnded(tx, job, { as, now: deps.clock.now() })
    completed = true
  }
  const complete = (tx: Tx): Promise<void> => endAs(tx, 'succeeded')
  const giveUp = (tx: Tx): Promise<void> => endAs(tx, 'cancelled')
  try {
    const progress = (text: string) => writeProgress(deps.database, job, text)
    await handler?.run(job, { signal, progress, complete, giveUp })
    if (!completed) await deps.database.transaction(complete)
  } catch (error) {
    deps.onFailure(job, error)
    await recordFailure(deps, job, { error, aborted: signal.aborted })
  } finally {
    clearInterval(heart)
  }
}

interface Attempt {
  readonly error: unknown
  /** The worker stopped or lost the lease: no fault of the job, so it is tried again at once. */
  readonly aborted: boolean
}

async function recordFailure(deps: WorkerDeps, job: Job, { error, aborted }: Attempt) {
  const advice = error instanceof RetryAdvice ? error.retry : { afterMs: 0 }
  const again = aborted || (advice !== 'never' && job.attempts < job.maxAttempts)
  const least = advice === 'never' ? 0 : advice.afterMs
  const wait = aborted ? 0 : Math.max(least, backoffMs(job.attempts))
  const retryAt = again ? deps.realClock.now() + wait : null
  const failure = { error: errorMessage(error), now: deps.clock.now(), retryAt }
  await deps.database
    .transaction((tx) => markFailed(tx, job, failure))
    // The lease runs out by itself then, and the job goes on from there.
    .catch((reason: unknown) => deps.onFailure(job, reason))
}
