import type { CliContext } from '../../edges/cli/context.ts'
import type { Day } from './history.ts'

export interface Progress {
  readonly say: (words: string) => void
  readonly show: (day: Day, share: number, words: string) => void
  readonly end: () => void
}

const WIDTH = 28
const EVERY_MS = 100

/** A bar with words where a person looks; one line a year where a log file does. */
export function createProgress(context: CliContext): Progress {
  return context.interactive ? bar() : lines(context)
}

function bar(): Progress {
  let drawnAt = 0
  let open = false
  const draw = (text: string): void => {
    open = true
    process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 100) - 1)}`)
  }
  return {
    say: (words) => draw(words),
    show: (day, share, words) => {
      const now = performance.now()
      if (now - drawnAt < EVERY_MS && share < 1) return
      drawnAt = now
      const filled = Math.round(share * WIDTH)
      draw(`${'━'.repeat(filled)}${'─'.repeat(WIDTH - filled)} ${day}  ${words}`)
    },
    end: () => {
      if (open) process.stderr.write('\r\u001b[2K')
      open = false
    },
  }
}

function lines(context: CliContext): Progress {
  let last = ''
  return {
    say: (words) => context.note(words),
    show: (day, _share, words) => {
      const text = `${day.slice(0, 4)}  ${words}`
      if (text === last) return
      last = text
      context.note(text)
    },
    end: () => {},
  }
}
