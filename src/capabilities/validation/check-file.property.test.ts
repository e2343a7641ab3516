import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openAnalytics } from '../../storage/analytics/index.ts'
import { checkFile } from './check-file.ts'
import { contractSchema } from './schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-validation-'))
const analytics = openAnalytics()
afterAll(async () => {
  await analytics.close()
  rmSync(folder, { recursive: true })
})

const cell = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('', 'NaN', 'inf', '1e400', ' 7', '+3', '-0', '5.0', '0x10', 'null', '1_000'),
  fc.string({ unit: 'binary-ascii', maxLength: 6 }).filter((text) => !/[\0\r]/.test(text)),
)

const field = (text: string) => `"${text.replaceAll('"', '""')}"`

// The rules once more, written without SQL.
function oracle(values: readonly string[]) {
  const rowsWhere = (breaks: (value: string) => boolean) =>
    values.flatMap((value, index) => (breaks(value) ? [index + 1] : []))
  // DuckDB's \s; JavaScript's would also take a vertical tab for a blank.
  const isInteger = (value: string) => /^[\t\n\f\r ]*[+-]?\d+(\.0*)?[\t\n\f\r ]*$/.test(value)
  return {
    nullable: rowsWhere((value) => value === ''),
    type: rowsWhere((value) => value !== '' && !isInteger(value)),
    unique: rowsWhere(
      (value) => value !== '' && values.filter((other) => other === value).length > 1,
    ),
    min: rowsWhere((value) => isInteger(value) && Number(value) < -5),
    max: rowsWhere((value) => isInteger(value) && Number(value) > 5),
  }
}

test('one scan finds exactly the rows that the rules written out in TypeScript find', async () => {
  const column = { type: 'integer', nullable: false, unique: true, min: -5, max: 5 }
  const contract = contractSchema.parse({ columns: { 'it\'s a "x"': column } })
  const file = join(folder, 'x.csv')
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 12 }), async (values) => {
      // A second column, because a line with one empty field is an empty line.
      const lines = values.map((value) => `${field(value)},.`)
      writeFileSync(file, `${field('it\'s a "x"')},more\n${lines.join('\n')}\n`)
      const report = await checkFile(analytics, { contract, contractName: 'c', file, now: 0 })
      const found = Object.fromEntries(
        report.checks
          .filter(({ check }) => check !== 'column')
          .map(({ check, examples }) => [check, examples.map(({ row }) => row)]),
      )
      expect(found).toEqual(oracle(values))
    }),
    { numRuns: 150 },
  )
})
