import { expect, test } from 'vitest'
import { moments } from './moments.ts'
import { normalDraw, seededRandom } from './seeded-random.ts'

const draws = (seed: number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(draws(7, 5)).toEqual(draws(7, 5))
  expect(draws(7, 5)).not.toEqual(draws(8, 5))
})

test('uniform: mean 1/2, variance 1/12, every tenth hit about equally', () => {
  const values = draws(1, 20_000)
  expect(moments(values).mean).toBeCloseTo(0.5, 2)
  expect(moments(values).variance).toBeCloseTo(1 / 12, 2)
  const tenths = Array.from({ length: 10 }, (_, i) =>
    values.filter((v) => Math.floor(v * 10) === i),
  )
  for (const { length } of tenths) expect(Math.abs(length - 2000)).toBeLessThan(200)
})

test('normal: mean 0, variance 1', () => {
  const random = seededRandom(3)
  const { mean, variance } = moments(Array.from({ length: 20_000 }, () => normalDraw(random)))
  expect(Math.abs(mean)).toBeLessThan(0.03)
  expect(Math.abs(variance - 1)).toBeLessThan(0.04)
})
