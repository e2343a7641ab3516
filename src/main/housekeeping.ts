import { HOUR_MS } from '../base/time.ts'
import { forgetFinishedJobs } from '../jobs/index.ts'
import type { Foundation } from './foundation.ts'

/**
 * Keeps the database from growing by what nobody asks for any more: at once, and each hour. A replay keeps all of its jobs:
 * years go by in it in minutes, and it is there to be looked at. Returns how to end it.
 */
export function startHousekeeping({ database, clock, log }: Foundation): () => void {
  if (clock.mode === 'replay') return () => {}
  let hasEnded = false
  const keepHouse = (): void => {
    forgetFinishedJobs(database, clock.now()).then(
      (forgotten) => (forgotten === 0 ? undefined : log.info({ forgotten }, 'old jobs')),
      (error: unknown) => {
        // What a stop cuts short is done by the next start.
        if (!hasEnded) log.error(error, 'old jobs could not be removed')
      },
    )
  }
  keepHouse()
  const timer = setInterval(keepHouse, HOUR_MS)
  return () => {
    hasEnded = true
    clearInterval(timer)
  }
}
