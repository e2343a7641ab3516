import type { ColumnReads } from './column-reads.ts'
import { searchColumns } from './search.ts'

/** Reads into memory what every search asks for: where runs belong, when they began, and the order of that. */
export async function warmUp(reads: ColumnReads | null): Promise<void> {
  const nothing = { kind: 'and', terms: [] } as const
  const search = { experiments: [], view: 'active', filter: nothing, orders: [] } as const
  await searchColumns(reads, search, { place: { offset: 0 }, size: 0, counted: false })
}
