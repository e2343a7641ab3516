import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const LOOK_MS = 100
const CHUNK = 1 << 16

/** Shows the lines that a stage writes to its log, as they come. */
export class LogFollower {
  private readonly path: string
  private readonly show: (line: string) => void
  private readonly timer: NodeJS.Timeout
  private readonly decoder = new StringDecoder('utf8')
  private offset = 0
  private rest = ''
  constructor(path: string, show: (line: string) => void) {
    this.path = path
    this.show = show
    this.timer = setInterval(() => this.look(), LOOK_MS)
    this.timer.unref()
  }

  /** Shows what is left. */
  end(): void {
    clearInterval(this.timer)
    this.look()
    if (this.rest !== '') this.show(this.rest)
    this.rest = ''
  }

  private look(): void {
    const lines = (this.rest + this.readNew()).split('\n')
    this.rest = lines.pop() ?? ''
    for (const line of lines) this.show(line)
  }

  private readNew(): string {
    const parts: Buffer[] = []
    try {
      const file = openSync(this.path, 'r')
      try {
        for (;;) {
          const buffer = Buffer.allocUnsafe(CHUNK)
          const count = readSync(file, buffer, 0, CHUNK, this.offset)
          if (count === 0) break
          this.offset += count
          parts.push(buffer.subarray(0, count))
        }
      } finally {
        closeSync(file)
      }
    } catch {
      // It does not exist yet.
    }
    return this.decoder.write(Buffer.concat(parts))
  }
}
