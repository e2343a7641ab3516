import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { GateSummary } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { count, inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { VerdictChip } from '../../parts/chip.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

const COLUMNS: readonly Column<GateSummary>[] = [
  { id: 'at', header: 'When', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
  {
    id: 'model',
    header: 'Challenger',
    sortBy: ({ model, challenger }) => `${model} ${String(challenger).padStart(6, '0')}`,
    cell: ({ id, model, challenger }) => (
      <Link to="/gates/$id" params={{ id }}>
        {model} v{challenger}
      </Link>
    ),
  },
  {
    id: 'champion',
    header: 'Champion',
    cell: ({ champion }) => (champion === null ? 'none' : `v${champion}`),
  },
  {
    id: 'verdict',
    header: 'Verdict',
    sortBy: ({ verdict }) => verdict,
    cell: ({ verdict }) => <VerdictChip verdict={verdict} />,
  },
  {
    id: 'rows',
    header: 'Rows',
    align: 'end',
    sortBy: ({ rows }) => rows,
    cell: ({ rows }) => count(rows),
  },
  {
    id: 'sentence',
    header: 'In one sentence',
    cell: ({ sentence }) => (
      <div className="sentence muted">
        <Sentence text={sentence} />
      </div>
    ),
  },
]

/** Every decision on a challenger, the newest first. */
export function GatesPage() {
  const query = useQuery(queries.gates())
  return (
    <>
      <Crumbs>Gates</Crumbs>
      <Loaded isPage query={query} what="the gates">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Gates">
              A challenger replaces the champion only when it is better on the same rows, that
              neither was trained on.
            </Heading>
            {items.length === 0 ? (
              <Empty title="No gate has been asked" command="ratchet promote NAME">
                Each retraining ends at the gate; so does a promotion by hand.
              </Empty>
            ) : (
              <DataTable label="Gates" rows={items} columns={COLUMNS} rowId={({ id }) => id} />
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf(items: readonly GateSummary[]): string {
  if (items.length === 0) return 'Nothing has been decided yet'
  const n = (verdict: GateSummary['verdict']) =>
    items.filter((gate) => gate.verdict === verdict).length
  const parts = [
    [n('passed'), 'passed'],
    [n('failed'), 'refused'],
    [n('inconclusive'), 'undecided'],
  ] as const
  const said = parts.filter(([of]) => of > 0).map(([of, word]) => `${of} ${word}`)
  return `${inWords(items.length, 'decision')}: ${said.join(', ')}`
}
