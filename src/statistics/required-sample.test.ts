import { expect, test } from 'vitest'
import { rowsStillNeeded } from './required-sample.ts'

test('half the width costs four times the rows', () => {
  expect(rowsStillNeeded({ rows: 28, halfWidth: 10, margin: 5 })).toBe(84)
})

test('already narrow enough', () => {
  expect(rowsStillNeeded({ rows: 28, halfWidth: 4, margin: 5 })).toBe(0)
})

test('an estimate on the line is never decided, nor is one of unknown spread', () => {
  expect(rowsStillNeeded({ rows: 28, halfWidth: 4, margin: 0 })).toBeNull()
  expect(rowsStillNeeded({ rows: 28, halfWidth: 4, margin: 1e-6 })).toBeNull()
  expect(rowsStillNeeded({ rows: 1, halfWidth: Infinity, margin: 1 })).toBeNull()
})
