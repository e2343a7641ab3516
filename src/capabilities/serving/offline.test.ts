import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { linearModel, loopModel } from '../../../tests/fixtures/onnx-models.ts'
import { inspectModel, scoreRows } from './offline.ts'

const folder = mkdtempSync(join(tmpdir(), 'offline-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const model = (name: string, bytes: Uint8Array) => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const linear = model('linear.onnx', linearModel({ a: 1, b: 10 }, 0.5))

test('rows are scored by column, and what the model does not ask for is left alone', async () => {
  const inputs = { a: [1, 2, 3], b: [1, 1, 1], c: ['not', 'asked', 'for'] }
  const scores = await scoreRows({ modelPath: linear, inputs })
  expect(scores.outputs).toEqual({ y: [11.5, 12.5, 13.5] })
  expect(scores.rows).toBe(3)
  expect(scores.msPerRow.p99).toBeGreaterThan(0)
})

test('no rows are no answers', async () => {
  const scores = await scoreRows({ modelPath: linear, inputs: { a: [], b: [] } })
  expect(scores).toEqual({ rows: 0, outputs: { y: [] }, msPerRow: { p50: 0, p99: 0 } })
})

test('the signature is what the file declares', async () => {
  expect(await inspectModel(linear)).toEqual({
    inputs: [
      { name: 'a', datatype: 'INT64', shape: ['N', 1] },
      { name: 'b', datatype: 'INT64', shape: ['N', 1] },
    ],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 1] }],
  })
})

test.each([
  ['a column is missing', { a: [1] }, 'SERVING_INPUT_MISMATCH'],
  ['columns differ in length', { a: [1], b: [1, 2] }, 'SERVING_INPUT_MISMATCH'],
  ['a value is of another kind', { a: ['x'], b: [1] }, 'SERVING_REQUEST_INVALID'],
])('%s', async (_name, inputs, code) => {
  await expect(scoreRows({ modelPath: linear, inputs })).rejects.toMatchObject({ code })
})

test('a corrupt file, a missing file, a wrong digest and an unknown output each have a code', async () => {
  const corrupt = model('corrupt.onnx', Buffer.from('no model'))
  await expect(inspectModel(corrupt)).rejects.toMatchObject({ code: 'SERVING_MODEL_CORRUPT' })
  const missing = join(folder, 'missing.onnx')
  await expect(inspectModel(missing)).rejects.toMatchObject({ code: 'SERVING_MODEL_UNREADABLE' })
  await expect(inspectModel(linear, 'ab')).rejects.toMatchObject({ code: 'SERVING_MODEL_CORRUPT' })
  const other = scoreRows({ modelPath: linear, inputs: { a: [1], b: [1] }, outputName: 'z' })
  await expect(other).rejects.toMatchObject({ code: 'SERVING_INPUT_MISMATCH' })
})

test('a model that hangs is given up, and the next question is answered', async () => {
  const modelPath = model('loop.onnx', loopModel())
  const asked = scoreRows({ modelPath, inputs: { x: [1e15] }, timeoutMs: 200 })
  await expect(asked).rejects.toMatchObject({ code: 'SERVING_TIMEOUT' })
  const again = await scoreRows({ modelPath, inputs: { x: [3] } })
  expect(again.outputs).toEqual({ y: [3] })
})

test('many at once share two processes', async () => {
  const scores = await Promise.all(
    Array.from({ length: 6 }, (_, index) => {
      const modelPath = model(`${index}.onnx`, linearModel({ a: index }, 0))
      return scoreRows({ modelPath, inputs: { a: [1] } })
    }),
  )
  expect(scores.map(({ outputs }) => outputs['y'])).toEqual([[0], [1], [2], [3], [4], [5]])
})
