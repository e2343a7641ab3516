import type { Numbers } from './numbers.ts'

/**
 * Adjusted p-values (Benjamini and Hochberg 1995): reject where the result is at most q, and of all rejections an
 * expected share of at most q is false. In the order of the input.
 */
export function benjaminiHochberg(pValues: Numbers): readonly number[] {
  const order = Array.from(pValues, (p, index) => ({ p, index })).toSorted((a, b) => b.p - a.p)
  const adjusted = Array.from({ length: pValues.length }, () => 1)
  let least = 1
  order.forEach(({ p, index }, position) => {
    least = Math.min(least, (p * pValues.length) / (pValues.length - position))
    adjusted[index] = least
  })
  return adjusted
}
