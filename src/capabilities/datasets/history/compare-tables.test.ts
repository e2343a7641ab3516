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
