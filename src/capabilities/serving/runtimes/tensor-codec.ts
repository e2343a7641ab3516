import {
  dataFromBytes,
  elementCount,
  elementWidth,
  type Tensor,
  type TensorSpec,
} from '../tensors.ts'
import { frameBuffer, PAYLOAD_OFFSET } from './frames.ts'

/**
 * Tensors in a frame's payload: `f64 milliseconds | u16 count`, then for each
 * `u16 index in the signature | u8 rank | u32 dimensions... | u32 bytes | data`.
 * Names and datatypes are not sent: both sides hold the signature.
 * A text is `u32 bytes | UTF-8`.
 */
export interface TensorFrame {
  readonly id: number
  readonly kind: number
  readonly ms: number
  readonly specs: readonly TensorSpec[]
  readonly tensors: readonly Tensor[]
}

export function encodeTensors({ id, kind, ms, specs, tensors }: TensorFrame): Buffer {
  const bodies = tensors.map(tensorBytes)
  let size = 10
  tensors.forEach((tensor, index) => {
    size += 7 + 4 * tensor.shape.length + (bodies[index]?.length ?? 0)
  })
  const buffer = frameBuffer(id, kind, size)
  let offset = buffer.writeDoubleLE(ms, PAYLOAD_OFFSET)
  offset = buffer.writeUInt16LE(tensors.length, offset)
  tensors.forEach((tensor, index) => {
    const body = bodies[index] ?? Buffer.alloc(0)
    offset = buffer.writeUInt16LE(indexIn(specs, tensor.name), offset)
    offset = buffer.writeUInt8(tensor.shape.length, offset)
    for (const dimension of tensor.shape) offset = buffer.writeUInt32LE(dimension, offset)
    offset = buffer.writeUInt32LE(body.length, offset)
    buffer.set(body, offset)
    offset += body.length
  })
  return buffer
}

function indexIn(specs: readonly TensorSpec[], name: string): number {
  for (let index = 0; index < specs.length; index++) if (specs[index]?.name === name) return index
  throw new RangeError(`the signature has no tensor ${name}`)
}

function tensorBytes({ data }: Tensor): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.concat(
    data.map((text) => {
      const bytes = Buffer.from(text)
      const length = Buffer.allocUnsafe(4)
      length.writeUInt32LE(bytes.length, 0)
      return Buffer.concat([length, bytes])
    }),
  )
}

/** Reads a payload. Throws RangeError when it runs past its end or contradicts the signature. */
export function decodeTensors(
  payload: Buffer,
  specs: readonly TensorSpec[],
): { readonly ms: number; readonly tensors: readonly Tensor[] } {
  const ms = payload.readDoubleLE(0)
  const count = payload.readUInt16LE(8)
  const tensors: Tensor[] = []
  let offset = 10
  for (let index = 0; index < count; index++) {
    const spec = specs[payload.readUInt16LE(offset)]
    if (spec === undefined) throw new RangeError('a tensor outside the signature')
    const rank = payload.readUInt8(offset + 2)
    offset += 3
    const shape: number[] = []
    for (let axis = 0; axis < rank; axis++, offset += 4) shape.push(payload.readUInt32LE(offset))
    const length = payload.readUInt32LE(offset)
    offset += 4
    if (offset + length > payload.length) throw new RangeError('a tensor past the end of its frame')
    tensors.push(decodeTensor(spec, shape, payload.subarray(offset, offset + length)))
    offset += length
  }
  return { ms, tensors }
}

function decodeTensor(spec: TensorSpec, shape: readonly number[], bytes: Buffer): Tensor {
  const count = elementCount(shape)
  const { name, datatype } = spec
  if (datatype === 'BYTES') return { name, datatype, shape, data: texts(bytes, count) }
  if (bytes.length !== count * elementWidth(datatype))
    throw new RangeError(`${bytes.length} bytes for ${count} elements of ${datatype}`)
  return { name, datatype, shape, data: dataFromBytes(datatype, bytes) }
}

function texts(bytes: Buffer, count: number): readonly string[] {
  const found: string[] = []
  let offset = 0
  while (offset < bytes.length) {
    const length = bytes.readUInt32LE(offset)
    if (offset + 4 + length > bytes.length) throw new RangeError('a text past its end')
    found.push(bytes.toString('utf8', offset + 4, offset + 4 + length))
    offset += 4 + length
  }
  if (found.length !== count) throw new RangeError(`${found.length} texts for ${count} elements`)
  return found
}
