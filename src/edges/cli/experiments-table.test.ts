import { expect, test } from 'vitest'
import { significantText } from './experiments-table.ts'

// python3 -c 'print([format(x, ".5g") for x in (...)])'
test.each([
  [10, '10'],
  [0.05, '0.05'],
  [1 / 3, '0.33333'],
  [123456.7, '1.2346e+05'],
  [99999.5, '1e+05'],
  [0.0001, '0.0001'],
  [0.00001234567, '1.2346e-05'],
  [-2.5, '-2.5'],
  [0, '0'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NaN, 'nan'],
])('%d has five digits that count: %s', (value, text) => {
  expect(significantText(value, 5)).toBe(text)
})
