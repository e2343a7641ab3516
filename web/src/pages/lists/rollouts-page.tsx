import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RolloutSummary } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { RolloutChip } from '../../parts/rollout-chip.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

const COLUMNS: readonly Column<RolloutSummary>[] = [
  {
    id: 'at',
    header: 'Started',
    sortBy: ({ started_at }) => started_at,
    cell: ({ started_at }) => <When at={started_at} />,
  },
  {
    id: 'version',
    header: 'Version',
    sortBy: ({ model, version }) => `${model} ${String(version).padStart(6, '0')}`,
    cell: ({ id, model, version }) => (
      <Link to="/rollouts/$id" params={{ id }}>
        {model} v{version}
      </Link>
    ),
  },
  { id: 'champion', header: 'Against', cell: ({ champion }) => `v${champion}` },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <RolloutChip state={state} />,
  },
  { id: 'step', header: 'Step', cell: ({ step }) => <span className="nowrap">{step}</span> },
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

/** Every rollout, the newest first. */
export function RolloutsPage() {
  const query = useQuery(queries.rollouts())
  return (
    <>
      <Crumbs>Rollouts</Crumbs>
      <Loaded isPage query={query} what="the rollouts">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Rollouts">
              A version takes over step by step; the champion answers whatever the new one cannot.
            </Heading>
            {items.length === 0 ? (
              <Empty title="Nothing has been rolled out" command="ratchet promote NAME">
                A version that passes its gate is rolled out by itself. This does it by hand.
              </Empty>
            ) : (
              <DataTable label="Rollouts" rows={items} columns={COLUMNS} rowId={({ id }) => id} />
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf(items: readonly RolloutSummary[]): string {
  const running = items.filter(({ state }) => state === 'running' || state === 'paused').length
  if (running > 0) return `${inWords(running, 'rollout')} under way`
  return items.length === 0 ? 'No rollout yet' : `${inWords(items.length, 'rollout')}, none running`
}
