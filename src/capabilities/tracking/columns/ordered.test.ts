import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstPlace, mendOrder } from './ordered.ts'

const values = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 30, maxLength: 30 })
const items = fc.uniqueArray(fc.nat(29))

it('is what a sort of all gives, whatever moved, came or went', () => {
  const states = fc.record({ values, items })
  fc.assert(
    fc.property(states, states, items, (before, after, changed) => {
      const hadIt = new Set(before.items)
      const hasIt = new Set(after.items)
      const cameOrWent = [...hadIt, ...hasIt].filter((item) => hadIt.has(item) !== hasIt.has(item))
      const moved = new Set([...changed, ...cameOrWent])
      const valueOf = (item: number): number => (moved.has(item) ? after : before).values[item] ?? 0
      const byThen = (one: number, other: number): number =>
        (before.values[one] ?? 0) - (before.values[other] ?? 0) || one - other
      const byNow = (one: number, other: number): number =>
        valueOf(one) - valueOf(other) || one - other
      const there = [...moved].filter((item) => hasIt.has(item))
      const ordered = Int32Array.from(before.items.toSorted(byThen))
      const mended = mendOrder(ordered, { moved, there }, byNow)
      expect([...mended]).toEqual(after.items.toSorted(byNow))
    }),
  )
})

it('finds the first place from which a test holds', () => {
  const ordered = Int32Array.of(1, 3, 3, 7)
  const places = [0, 3, 4, 8].map((least) => firstPlace(ordered, (item) => item >= least))
  expect(places).toEqual([0, 1, 3, 4])
  expect(firstPlace(ordered, (item) => item >= 3, 2)).toBe(2)
})
