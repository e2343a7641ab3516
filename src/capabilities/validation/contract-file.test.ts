import { describe, expect, test } from 'vitest'
import { RatchetError } from '../../base/errors.ts'
import { parseContract, readContract } from './contract-file.ts'

function problem(text: string): string {
  try {
    parseContract(text, 'c.yaml')
    return 'none'
  } catch (error) {
    return error instanceof RatchetError ? `${error.code} ${error.detail}` : String(error)
  }
}

describe('a wrong contract is refused at its place', () => {
  test.each([
    ['columns:\n  a: { typ: integer }', 'c.yaml:2:6 columns.a.type: Invalid option'],
    ['columns:\n  a: { type: int }', 'c.yaml:2:14 columns.a.type: Invalid option'],
    ['columns:\n  a: { type: integer, mim: 3 }', 'c.yaml:2:28 columns.a.mim: unknown key "mim"'],
    ['columns:\n  a: { type: integer, min: "x" }', 'c.yaml:2:28 columns.a.min: expected a number'],
    ['columns:\n  a: { type: string, min: 1 }', 'a string column has no min or max'],
    [
      'columns:\n  a: { type: integer, in: [1, true] }',
      'c.yaml:2:31 columns.a.in.1: expected a integer',
    ],
    ['columns:\n  a: { type: string, matches: "(" }', 'expected a regular expression'],
    [
      'columns: { a: { type: date } }\nfreshness: { column: a, within: 3 days }',
      'c.yaml:2:33 freshness.within: expected a duration',
    ],
    [
      'columns: { a: { type: date } }\nfreshness: { column: b, within: 3d }',
      'c.yaml:2:22 freshness.column: "b" is not one',
    ],
    ['columns: {}', 'expected at least one column'],
    ['', 'columns'],
    ['columns: [', 'c.yaml:1:'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toContain(expected)
  })
})

test('a contract that is not there has a code of its own', async () => {
  await expect(readContract('/nowhere.yaml')).rejects.toMatchObject({
    code: 'CONTRACT_MISSING',
    exit: 4,
  })
})

test('the example that we ship is one', async () => {
  const contract = await readContract('examples/births/contracts/births.yaml')
  expect(contract.columns['births']).toMatchObject({ type: 'integer', nullable: false, min: 1000 })
})
