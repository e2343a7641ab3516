import { expect, test } from 'vitest'
import { bindInputs, incompatibility, outputProblem } from './inputs.ts'
import { restartDelayMs } from './model-host.ts'
import type { ModelSignature, Tensor, TensorSpec } from './tensors.ts'

const spec = (name: string, shape: TensorSpec['shape'] = ['N', 1]): TensorSpec => ({
  name,
  datatype: 'FP32',
  shape,
})
const tensor = (name: string, rows: number): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [rows, 1],
  data: new Float32Array(rows),
})
const signature = (inputs: readonly string[], outputs: readonly string[]): ModelSignature => ({
  inputs: inputs.map((name) => spec(name)),
  outputs: outputs.map((name) => spec(name)),
})

test('inputs come in the order of the model', () => {
  const bound = bindInputs([spec('a'), spec('b')], [tensor('b', 2), tensor('a', 2)])
  expect(bound.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('inputs must agree on a dimension that the model gives one name', () => {
  const bind = () => bindInputs([spec('a'), spec('b')], [tensor('a', 2), tensor('b', 3)])
  expect(bind).toThrow(/3 for the dimension N/)
  expect(
    bindInputs([spec('a', ['', 1]), spec('b', ['', 1])], [tensor('a', 2), tensor('b', 3)]),
  ).toHaveLength(2)
})

test('a new version may leave inputs out and add outputs, nothing else', () => {
  const champion = signature(['a', 'b'], ['y'])
  expect(incompatibility(champion, signature(['a'], ['y', 'z']))).toBeNull()
  expect(incompatibility(champion, signature(['a', 'c'], ['y']))).toMatch(/input c/)
  expect(incompatibility(champion, signature(['a'], ['z']))).toMatch(/lacks output y/)
})

test('an answer with another number of rows, or none that is a number, is not given', () => {
  const model = signature(['a'], ['y'])
  expect(outputProblem(model, [tensor('a', 2)], [tensor('y', 2)])).toBeNull()
  expect(outputProblem(model, [tensor('a', 2)], [tensor('y', 1)])).toMatch(/dimension N/)
  const nan = { ...tensor('y', 2), data: Float32Array.of(1, Number.NaN) }
  expect(outputProblem(model, [tensor('a', 2)], [nan])).toBe('output y has NaN')
})

test('the first restart is at once, later ones wait up to ten seconds', () => {
  expect([1, 2, 3, 4, 20].map(restartDelayMs)).toEqual([0, 50, 100, 200, 10_000])
})
