import { expect, test } from 'vitest'
import { inBatches } from './in-batches.ts'

test('what comes while a batch is under way goes with the next, in its order', async () => {
  const batches: (readonly number[])[] = []
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const add = inBatches(async (items: readonly number[]) => {
    batches.push(items)
    await gates[batches.length - 1]?.promise
    return items.length
  })
  const first = add(1)
  await Promise.resolve()
  expect(batches).toEqual([[1]])
  const others = [add(2), add(3)]
  gates[0]?.resolve()
  expect(await first).toBe(1)
  await Promise.resolve()
  expect(batches).toEqual([[1], [2, 3]])
  gates[1]?.resolve()
  expect(await Promise.all(others)).toEqual([2, 2])
})

test('a batch that fails fails for its items and for no others', async () => {
  const add = inBatches(async (items: readonly number[]) => {
    if (items.includes(1)) throw new Error('full')
    return items
  })
  const [first, second] = await Promise.allSettled([add(1), add(2)])
  expect([first?.status, second?.status]).toEqual(['rejected', 'rejected'])
  expect(await add(3)).toEqual([3])
})
