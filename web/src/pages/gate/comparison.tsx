import type { Compared, Gate } from '../../../../src/edges/http/contract.ts'
import { Chip } from '../../parts/chip.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'

const same = ({ champion, challenger }: Compared) => champion === challenger

/** What the two were made from, side by side. */
export function Comparison({ gate }: { gate: Gate }) {
  const rows = gate.comparison.toSorted((a, b) => Number(same(a)) - Number(same(b)))
  const columns: readonly Column<Compared>[] = [
    {
      id: 'kind',
      header: 'Of',
      sortBy: ({ kind }) => kind,
      cell: ({ kind }) => <span className="muted">{kind}</span>,
    },
    { id: 'name', header: 'Name', sortBy: ({ name }) => name, cell: ({ name }) => name },
    {
      id: 'champion',
      header: gate.champion === null ? 'champion' : `v${gate.champion}`,
      cell: ({ champion }) => <code>{champion ?? '–'}</code>,
    },
    {
      id: 'challenger',
      header: `v${gate.challenger}`,
      cell: ({ challenger }) => <code>{challenger ?? '–'}</code>,
    },
    {
      id: 'same',
      header: '',
      cell: (row) =>
        same(row) ? (
          <span className="muted">same</span>
        ) : (
          <Chip tone="info" word="differs" glyph="≠" />
        ),
    },
  ]
  return (
    <DataTable
      label="What the two versions were made from"
      rows={rows}
      columns={columns}
      rowId={({ kind, name }) => `${kind} ${name}`}
    />
  )
}
