import { expect, test } from 'vitest'
import { fisherExact } from './fisher-exact.ts'

// By hand: all newcomers fall into the current rows with chance 28/393.
test('one of 28 where none of 365 was', () => {
  const { more } = fisherExact({ count: 0, rows: 365 }, { count: 1, rows: 28 })
  expect(more).toBeCloseTo(28 / 393, 12)
})

test('the tails of one table overlap in the table itself and no more', () => {
  const [before, now] = [
    { count: 5, rows: 400 },
    { count: 8, rows: 50 },
  ] as const
  const { more, less, twoSided } = fisherExact(before, now)
  const next = fisherExact({ count: 4, rows: 400 }, { count: 9, rows: 50 })
  expect(more + less - (more - next.more)).toBeCloseTo(1, 9)
  expect(twoSided).toBeCloseTo(2 * more, 12)
})

test('nothing counted and no rows say nothing', () => {
  expect(fisherExact({ count: 0, rows: 10 }, { count: 0, rows: 5 }).twoSided).toBe(1)
  expect(fisherExact({ count: 0, rows: 0 }, { count: 0, rows: 0 }).twoSided).toBe(1)
})
