import { expect, test } from 'vitest'
import { openAnalytics } from '../../../storage/analytics/index.ts'
import { compareTables } from './compare-tables.ts'
import type { DataTable } from './tables.ts'

const analytics = openAnalytics()

function table(values: readonly number[]): DataTable {
  const rows = values.map((value) => `(${value})`).join(', ')
  return {
    relation: `(select * from (values ${rows}) as t(x))`,
    columns: new Map([['x', 'DOUBLE']]),
    rows: values.length,
  }
}

test('more rows of the same values are no other spread', async () => {
  const values = [0.1, 0.2, 0.7, 3]
  const grown = await compareTables(
    analytics,
    table(values),
    table([...values, ...values.toReversed(), ...values]),
  )
  expect(grown).toMatchObject({ rows: { from: 4, to: 12 }, columns: [] })
  const moved = await compareTables(analytics, table(values), table([0.1, 0.2, 0.6, 3]))
  expect(moved.columns.map(({ column }) => column)).toEqual(['x'])
})

test('rows that one of them has more often, or that hold nothing, are told apart', async () => {
  const rows = (text: string): DataTable => ({
    relation: `(select * from (values ${text}) as t(x, y))`,
    columns: new Map([
      ['x', 'INTEGER'],
      ['y', 'VARCHAR'],
    ]),
    rows: text.split('), (').length,
  })
  const from = rows(`(1, 'a'), (1, 'a'), (1, 'a'), (2, null), (null, null)`)
  const to = rows(`(1, 'a'), (2, null), (2, null), (null, 'b')`)
  const { onlyIn, columns } = await compareTables(analytics, from, to)
  // Gone: twice (1, a), once the empty row. New: a second (2, null), and (null, b).
  expect(onlyIn).toEqual({ from: 3, to: 2 })
  expect(columns).toMatchObject([
    { column: 'x', from: { nulls: 1, distinct: 2, mean: 1.25 }, to: { nulls: 1, distinct: 2 } },
    { column: 'y', from: { nulls: 2, distinct: 1 }, to: { nulls: 2, distinct: 2, max: 'b' } },
  ])
})
