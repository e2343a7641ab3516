import { readFileSync } from 'node:fs'

const FIRST_MS = 30
const EVERY_MS = 250

/** Watches the memory of a process and all that it starts; Linux only, elsewhere it sees nothing. */
export class MemoryWatch {
  private peak = 0
  private timer: NodeJS.Timeout
  constructor(pid: number) {
    const look = (): void => {
      this.peak = Math.max(this.peak, residentBytes(pid))
      this.timer = setTimeout(look, EVERY_MS)
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

function residentBytes(pid: number): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  const children = read(`/proc/${pid}/task/${pid}/children`).trim()
  const below = children === '' ? [] : children.split(' ').map(Number)
  return below.reduce((sum, child) => sum + residentBytes(child), kilobytes * 1024)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
