import { systemClock } from '../../base/time.ts'
import type { CliContext } from './context.ts'

const EVERY_MS = 1000
const EVERY_IN_A_LOG_MS = 10_000

/** Lines such as `1200 of 5000 runs, 310 a second, 12 s left` on standard error, one a second for a person. */
export function createProgress(context: Pick<CliContext, 'note' | 'interactive'>, what: string) {
  const startedAt = systemClock.now()
  const every = context.interactive ? EVERY_MS : EVERY_IN_A_LOG_MS
  let total: number | null = null
  let saidAt = startedAt
  return {
    of: (count: number): void => {
      total = count
    },
    at: (done: number, bytes = 0): void => {
      const now = systemClock.now()
      if (now - saidAt < every) return
      saidAt = now
      const rate = done / ((now - startedAt) / 1000)
      const left =
        total === null || rate === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`
      const copied = bytes === 0 ? '' : `, ${(bytes / 2 ** 20).toFixed(1)} MiB`
      const of = total === null ? '' : ` of ${total}`
      context.note(`${done}${of} ${what}, ${Math.round(rate)} a second${copied}${left}`)
    },
    /** Seconds from the start. */
    end: (): number => (systemClock.now() - startedAt) / 1000,
  }
}
