import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { setImmediate as nextTurn } from 'node:timers/promises'

const LOOK_MS = 100
const CHUNK = 1 << 16
/** What one look reads at most: other stages are waited for meanwhile. */
const BYTES_A_LOOK = 8 << 20
/** A line that is longer is shown in parts. Characters. */
const LONGEST = 1 << 16

/** Shows the lines that a stage writes to its log, as they come, however many. */
export class LogFollower {
  private readonly path: string
  private readonly show: (lines: readonly string[]) => void
  private readonly timer: NodeJS.Timeout
  private readonly decoder = new StringDecoder('utf8')
  private readonly buffer = Buffer.allocUnsafe(CHUNK)
  private offset = 0
  private rest = ''
  constructor(path: string, show: (lines: readonly string[]) => void) {
    this.path = path
    this.show = show
    this.timer = setInterval(() => this.look(), LOOK_MS)
    this.timer.unref()
  }

  /** Shows what is left. */
  async end(): Promise<void> {
    clearInterval(this.timer)
    while (this.look()) await nextTurn()
    this.rest += this.decoder.end()
    if (this.rest !== '') this.show([asSeen(this.rest)])
    this.rest = ''
  }

  /** True when it stopped before the end. */
  private look(): boolean {
    const file = openOrNull(this.path)
    if (file === null) return false
    try {
      // What is written meanwhile waits for the next look, or one that is quick to write would be read for ever.
      const { size } = fstatSync(file)
      const until = Math.min(size, this.offset + BYTES_A_LOOK)
      while (this.offset < until) {
        const count = readSync(file, this.buffer, 0, CHUNK, this.offset)
        if (count === 0) return false
        this.offset += count
        this.take(this.decoder.write(this.buffer.subarray(0, count)))
      }
      return this.offset < size
    } finally {
      closeSync(file)
    }
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    // A bar of progress draws one line over and over.
    if (this.rest.length > LONGEST) this.rest = asSeen(this.rest)
    if (this.rest.length > LONGEST) {
      lines.push(this.rest)
      this.rest = ''
    }
    if (lines.length > 0) this.show(lines.map(asSeen))
  }
}

/** What a terminal shows of a line in the end: what comes after a carriage return is written over what was before. */
function asSeen(line: string): string {
  const text = line.replace(/\r+$/, '')
  return text.slice(text.lastIndexOf('\r') + 1)
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    // It does not exist yet.
    return null
  }
}
