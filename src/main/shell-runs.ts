import { systemClock } from '../base/time.ts'
import { journalIntake } from '../capabilities/pipelines/index.ts'
import type { Foundation } from './foundation.ts'

const LOOK_MS = 1000

export interface ShellRuns {
  readonly start: () => void
  readonly stop: () => Promise<void>
}

/** Takes in what `repro` in a shell wrote down, so that its runs stand beside those of the loop. */
export function createShellRuns({ database, stateDir, log }: Foundation): ShellRuns {
  // Of the shell's own time, also in a replay.
  const takeIn = journalIntake({ database, stateDir, clock: systemClock })
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()
  const look = (): void => {
    looking = looking
      .then(takeIn)
      .catch((error: unknown) => log.error(error, 'runs of a shell could not be read'))
  }
  return {
    start: () => {
      look()
      timer = setInterval(look, LOOK_MS)
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
