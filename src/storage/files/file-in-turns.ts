import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'

const BLOCK = 256 * 1024
/** One is on its way, one waits, one is being read. */
const BLOCKS = 3

/** Both inclusive. */
export interface FilePart {
  readonly start: number
  readonly end: number
}

/**
 * A part of an open file, to be piped into a socket: it comes in the same few blocks by turns, so that a large file leaves
 * no memory to collect. A block is good until the next but one is asked for; who keeps any needs a copy.
 */
export function fileInTurns(handle: FileHandle, { start, end }: FilePart): Readable {
  const blocks: Buffer[] = []
  let place = start
  let turn = 0
  const next = async (): Promise<Buffer | null> => {
    const left = end + 1 - place
    if (left <= 0) return null
    const block = (blocks[turn] ??= Buffer.allocUnsafeSlow(Math.min(BLOCK, end + 1 - start)))
    turn = (turn + 1) % BLOCKS
    const { bytesRead } = await handle.read(block, 0, Math.min(left, block.length), place)
    if (bytesRead === 0) throw new Error(`The file ends at ${place}, before ${end + 1} bytes.`)
    place += bytesRead
    return block.subarray(0, bytesRead)
  }
  const close = (): Promise<unknown> => handle.close().catch((error: unknown) => error)
  return new Readable({
    highWaterMark: BLOCK,
    async read() {
      try {
        this.push(await next())
      } catch (error) {
        this.destroy(error as Error)
      }
    },
    async destroy(error, done) {
      const closing = await close()
      done(error ?? (closing instanceof Error ? closing : null))
    },
  })
}
