import fc from 'fast-check'
import { expect, it } from 'vitest'
import { windowOf } from './window.ts'

const ascending = (one: number, other: number): number => one - other

it('is what a sort and a slice give', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 400 }),
      fc.nat(420),
      fc.nat(420),
      (items, offset, size) => {
        const expected = items.toSorted(ascending).slice(offset, offset + size)
        expect(windowOf([...items], { offset, size }, ascending)).toEqual(expected)
      },
    ),
  )
})

it('takes no more comparisons than a sort, whatever the input', () => {
  const size = 20_000
  const inputs = [
    Array.from({ length: size }, (_none, index) => index),
    Array.from({ length: size }, (_none, index) => size - index),
    Array.from({ length: size }, () => 7),
    Array.from({ length: size }, (_none, index) => Math.min(index, size - index)),
  ]
  for (const items of inputs) {
    let compared = 0
    const counting = (one: number, other: number): number => {
      compared += 1
      return one - other
    }
    const expected = items.toSorted(ascending).slice(size / 2, size / 2 + 100)
    expect(windowOf(items, { offset: size / 2, size: 100 }, counting)).toEqual(expected)
    expect(compared).toBeLessThan(3 * size * Math.log2(size))
  }
})
