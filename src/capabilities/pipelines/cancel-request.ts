import type { Query } from '../../storage/database/port.ts'
import { findRun } from './store.ts'

const LOOK_MS = 250

/** The request to cancel one run, as its worker sees it. */
export interface CancelRequest {
  /** Aborted when somebody asked for the end of the run. */
  readonly signal: AbortSignal
  readonly stop: () => void
}

/**
 * Looks for the request in the run's row, where it is safe across restarts: whoever takes it need not be the process
 * that works.
 */
export function watchCancelRequest(query: Query, runId: string): CancelRequest {
  const asked = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const look = async (): Promise<void> => {
    // A database that is away for a moment is asked again.
    const run = await findRun(query, runId).catch(() => null)
    if (run !== null && run.cancelRequestedAt !== null) asked.abort(new Error('cancelled'))
  }
  const lookAgain = (): void => {
    if (isStopped || asked.signal.aborted) return
    timer = setTimeout(() => void look().finally(lookAgain), LOOK_MS)
    timer.unref()
  }
  lookAgain()
  return {
    signal: asked.signal,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
