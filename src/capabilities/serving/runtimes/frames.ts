/**
 * The wire between the gateway and a runner: frames of
 * `u32 length of the rest | u32 request id | u8 kind | payload`, little-endian, many in flight.
 */
export const FRAME_LOAD = 1
export const FRAME_RUN = 2
export const FRAME_RESULT = 3
export const FRAME_ERROR = 4
export const FRAME_SIGNATURE = 5

export interface Frame {
  readonly id: number
  readonly kind: number
  readonly payload: Buffer
}

const HEADER = 9

/** A frame with room for the payload, which the caller fills from the returned offset on. */
export function frameBuffer(id: number, kind: number, payloadBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + payloadBytes)
  buffer.writeUInt32LE(payloadBytes + HEADER - 4, 0)
  buffer.writeUInt32LE(id, 4)
  buffer.writeUInt8(kind, 8)
  return buffer
}

export const PAYLOAD_OFFSET = HEADER

export function jsonFrame(id: number, kind: number, value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value))
  const buffer = frameBuffer(id, kind, text.length)
  text.copy(buffer, PAYLOAD_OFFSET)
  return buffer
}

export interface FrameReader {
  /** Takes what arrived and returns the frames that it completes. Throws when a length is over the limit. */
  push(chunk: Buffer): readonly Frame[]
}

/** Puts frames together from chunks cut anywhere. `maxBytes` bounds one frame. */
export function frameReader(maxBytes: number): FrameReader {
  let chunks: Buffer[] = []
  let size = 0
  return {
    push(chunk) {
      chunks.push(chunk)
      size += chunk.length
      if (size < 4) return []
      if (size < frameSize(firstBytes(chunks), maxBytes)) return []
      const all = Buffer.concat(chunks, size)
      const { frames, rest } = cut(all, maxBytes)
      chunks = rest.length > 0 ? [rest] : []
      size = rest.length
      return frames
    },
  }
}

function firstBytes(chunks: Buffer[]): Buffer {
  const [first] = chunks
  if (first !== undefined && first.length >= 4) return first
  const joined = Buffer.concat(chunks)
  chunks.splice(0, chunks.length, joined)
  return joined
}

function frameSize(buffer: Buffer, maxBytes: number): number {
  const size = buffer.readUInt32LE(0) + 4
  if (size < HEADER || size > maxBytes) throw new RangeError(`a frame of ${size} bytes`)
  return size
}

function cut(buffer: Buffer, maxBytes: number): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = []
  let offset = 0
  while (buffer.length - offset >= 4) {
    const size = frameSize(buffer.subarray(offset), maxBytes)
    if (buffer.length - offset < size) break
    frames.push({
      id: buffer.readUInt32LE(offset + 4),
      kind: buffer.readUInt8(offset + 8),
      payload: buffer.subarray(offset + HEADER, offset + size),
    })
    offset += size
  }
  return { frames, rest: buffer.subarray(offset) }
}
