import type { FileHandle } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { LEGACY_CHUNK } from '../workers/legacy-hash.ts'

export const PART_BYTES = 4 * LEGACY_CHUNK
const WAIT_MS = 2

/**
 * The parts of a file that still grows, in order, whole but for the last, until `growing` is done. While one is in use
 * the next is read: a part stays as it is until the next but one is asked for.
 */
export async function* followParts(
  file: FileHandle,
  growing: Promise<unknown>,
): AsyncGenerator<Buffer> {
  let isWhole = false
  const whole = growing.then(() => (isWhole = true))
  // The fault is thrown by who waits for it; until then nobody may call it unhandled.
  whole.catch(() => {})
  const buffers = [Buffer.allocUnsafe(PART_BYTES), Buffer.allocUnsafe(PART_BYTES)]
  const read = async (turn: number): Promise<Buffer> => {
    const buffer = buffers[turn % 2] ?? Buffer.alloc(0)
    for (let length = 0; ;) {
      // Asked before reading: what was whole then has its end where the reading finds it.
      const wasWhole = isWhole
      const place = turn * PART_BYTES + length
      const { bytesRead } = await file.read(buffer, length, PART_BYTES - length, place)
      length += bytesRead
      if (length === PART_BYTES || (bytesRead === 0 && wasWhole)) return buffer.subarray(0, length)
      if (bytesRead === 0) await Promise.race([whole, delay(WAIT_MS)])
    }
  }
  let next = read(0)
  for (let turn = 0; ; turn++) {
    const part = await next
    if (part.length === 0) return
    next = read(turn + 1)
    next.catch(() => {})
    yield part
  }
}
