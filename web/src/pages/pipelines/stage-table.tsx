import { Link } from '@tanstack/react-router'
import type { PipelineNode } from '../../../../src/edges/http/contract.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { When } from '../../parts/when.tsx'
import { spent } from './spent.ts'
import { cacheHits, NodeChip } from './stage-state.tsx'

const COLUMNS: readonly Column<PipelineNode>[] = [
  {
    id: 'stage',
    header: 'Stage',
    sortBy: ({ id }) => id,
    cell: ({ id }) => (
      <Link to="/pipelines" search={{ stage: id }} resetScroll={false}>
        {id}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'Now',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <NodeChip state={state} />,
  },
  {
    id: 'why',
    header: 'Why',
    cell: ({ sentence }) => <div className="sentence muted">{sentence}</div>,
  },
  {
    id: 'last',
    header: 'Last looked at',
    sortBy: ({ recent }) => recent[0]?.at ?? '',
    cell: ({ recent: [last] }) =>
      last === undefined ? <span className="muted">never by a run</span> : <When at={last.at} />,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'end',
    sortBy: ({ recent }) => recent.find(({ state }) => state === 'ran')?.duration_ms ?? -1,
    cell: ({ recent }) => {
      const ms = recent.find(({ state }) => state === 'ran')?.duration_ms
      return ms === undefined || ms === null ? '–' : spent(ms)
    },
  },
  {
    id: 'hits',
    header: 'Spared',
    align: 'end',
    cell: ({ recent }) => <span title="runs in which it had not to run">{cacheHits(recent)}</span>,
  },
]

/** The graph as a table. */
export function StageTable({ nodes }: { nodes: readonly PipelineNode[] }) {
  return <DataTable label="Stages" rows={nodes} columns={COLUMNS} rowId={({ id }) => id} />
}
