import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Tensor, TensorSpec } from '../tensors.ts'
import { FRAME_RUN, frameReader, jsonFrame, PAYLOAD_OFFSET } from './frames.ts'
import { decodeTensors, encodeTensors } from './tensor-codec.ts'

test('frames survive being cut anywhere', () => {
  const messages = fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 30 })), (texts, sizes) => {
      const stream = Buffer.concat(texts.map((text, id) => jsonFrame(id, 1, text)))
      const reader = frameReader(1e6)
      const found: unknown[] = []
      let offset = 0
      for (let turn = 0; offset < stream.length; turn++) {
        const size = sizes[turn % Math.max(1, sizes.length)] ?? 7
        for (const frame of reader.push(stream.subarray(offset, offset + size)))
          found.push(JSON.parse(frame.payload.toString()))
        offset += size
      }
      expect(found).toEqual(texts)
    }),
  )
})

test('a length over the limit is refused before anything is stored for it', () => {
  const frame = jsonFrame(1, 1, 'x'.repeat(100))
  expect(() => frameReader(50).push(frame)).toThrow(RangeError)
})

const specs: readonly TensorSpec[] = [
  { name: 'ints', datatype: 'INT64', shape: ['N'] },
  { name: 'texts', datatype: 'BYTES', shape: ['N'] },
  { name: 'floats', datatype: 'FP32', shape: ['N', 2] },
]

test('tensors come out as they went in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.string(), fc.float())),
      (rows) => {
        const tensors: readonly Tensor[] = [
          {
            name: 'ints',
            datatype: 'INT64',
            shape: [rows.length],
            data: BigInt64Array.from(rows, ([int]) => int),
          },
          {
            name: 'texts',
            datatype: 'BYTES',
            shape: [rows.length],
            data: rows.map(([, text]) => text),
          },
          {
            name: 'floats',
            datatype: 'FP32',
            shape: [rows.length, 2],
            data: Float32Array.from(rows.flatMap(([, , float]) => [float, 1])),
          },
        ]
        const frame = encodeTensors({ id: 1, kind: FRAME_RUN, ms: 0.5, specs, tensors })
        expect(decodeTensors(frame.subarray(PAYLOAD_OFFSET), specs)).toEqual({ ms: 0.5, tensors })
      },
    ),
  )
})

test('whatever a broken model process sends, reading it ends in a RangeError at worst', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(errorOf(() => decodeTensors(Buffer.from(bytes), specs))).toSatisfy(
        (error) => error === null || error instanceof RangeError,
      )
    }),
    { numRuns: 500 },
  )
})

function errorOf(work: () => unknown): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}
