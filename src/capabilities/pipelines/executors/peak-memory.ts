import { readFileSync } from 'node:fs'

const FIRST_MS = 30
const EVERY_MS = 250

/**
 * Watches the memory of a process and all that it starts, at first often, then four times a second; Linux only,
 * elsewhere it sees nothing. What it takes as the peak is the largest sum that it saw, or, where that is more, the
 * largest high-water mark of one process: between two looks it misses what a process took just before its end, and
 * what several took together.
 */
export class MemoryWatch {
  private peak = 0
  private timer: NodeJS.Timeout
  constructor(pid: number) {
    let waitMs = FIRST_MS
    const look = (): void => {
      const { resident, highWater } = memoryOf(pid)
      this.peak = Math.max(this.peak, resident, highWater)
      waitMs = Math.min(waitMs * 1.5, EVERY_MS)
      this.timer = setTimeout(look, waitMs)
      this.timer.unref()
    }
    this.timer = setTimeout(look, FIRST_MS)
    this.timer.unref()
  }

  /** The most seen, in bytes; null when nothing was. */
  end(): number | null {
    clearTimeout(this.timer)
    return this.peak === 0 ? null : this.peak
  }
}

interface Memory {
  /** Bytes now, of all of them together. */
  readonly resident: number
  /** The most that one of them ever took. */
  readonly highWater: number
}

function memoryOf(pid: number): Memory {
  const status = read(`/proc/${pid}/status`)
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024
  const children = read(`/proc/${pid}/task/${pid}/children`).trim()
  const below = children === '' ? [] : children.split(' ').map((child) => memoryOf(Number(child)))
  return below.reduce(
    (sum, { resident, highWater }) => ({
      resident: sum.resident + resident,
      highWater: Math.max(sum.highWater, highWater),
    }),
    { resident: bytes('VmRSS'), highWater: bytes('VmHWM') },
  )
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
