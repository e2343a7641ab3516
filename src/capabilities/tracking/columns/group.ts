import type { RunGroup } from '../run-groups.ts'
import type { Column } from './column.ts'
import type { ColumnChoice, ColumnReads } from './column-reads.ts'
import { type ColumnName, nameText } from './source.ts'

interface Grouping {
  readonly by: { readonly kind: 'param' | 'tag'; readonly key: string }
  readonly metrics: readonly string[]
}

interface Mean {
  sum: number
  count: number
}

interface Group {
  runs: number
  readonly means: readonly Mean[]
}

/** All groups, in no order; `null` where SQL is to find them. */
export async function groupColumns(
  reads: ColumnReads | null,
  choice: ColumnChoice,
  { by, metrics }: Grouping,
): Promise<readonly RunGroup[] | null> {
  const byName: ColumnName = { of: by.kind, key: by.key }
  const names = metrics.map((key): ColumnName => ({ of: 'series', name: 'value', key }))
  const chosen = (await reads?.choose(choice, [byName, ...names])) ?? null
  const byColumn = chosen?.columns.get(nameText(byName))
  if (chosen === null || byColumn?.kind !== 'text') return null
  const columns = names.map((name) => chosen.columns.get(nameText(name)))
  const { meant } = chosen
  const groups = new Map<number, Group>()
  for (let run = 1; run < meant.length; run += 1) {
    if (meant[run] !== 1) continue
    const code = byColumn.codes[run] ?? 0
    let group = groups.get(code)
    if (group === undefined) {
      group = { runs: 0, means: columns.map(() => ({ sum: 0, count: 0 })) }
      groups.set(code, group)
    }
    group.runs += 1
    for (const [index, mean] of group.means.entries()) addValue(mean, columns[index], run)
  }
  return [...groups].map(([code, { runs, means }]) => ({
    value: code === 0 ? null : (byColumn.texts[code] ?? ''),
    runs,
    means: means.map(({ sum, count }) => (count === 0 ? null : sum / count)),
  }))
}

function addValue(mean: Mean, column: Column | undefined, run: number): void {
  if (column?.kind !== 'number' || column.ranks[run] !== 0) return
  mean.sum += column.values[run] ?? 0
  mean.count += 1
}
