import { expect, test } from 'vitest'
import { onDemand } from './on-demand.ts'

test('nothing is loaded before the first call, and its arguments and answer pass through', async () => {
  let loads = 0
  const add = onDemand(async () => {
    loads++
    return async (a: number, b: number) => a + b
  })
  expect(loads).toBe(0)
  expect(await add(2, 3)).toBe(5)
  expect(loads).toBe(1)
})

test('what cannot be loaded, and what the function throws, is thrown to the caller', async () => {
  const broken = onDemand(async (): Promise<() => Promise<void>> => {
    throw new Error('no such module')
  })
  await expect(broken()).rejects.toThrow('no such module')
  const failing = onDemand(async () => async () => {
    throw new Error('refused')
  })
  await expect(failing()).rejects.toThrow('refused')
})
