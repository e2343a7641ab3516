import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Run } from '../../../../src/edges/http/contract.ts'
import { pipelineQueries } from '../../api/pipeline-queries.ts'
import { Chip } from '../../parts/chip.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Id, Sentence, shortId } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Committed } from '../data/committed.tsx'
import { spent } from './spent.ts'

export function RunChip({ status }: { status: Run['status'] }) {
  switch (status) {
    case 'queued':
      return <Chip tone="quiet" word="waiting" />
    case 'running':
      return <Chip tone="info" word="running" />
    case 'succeeded':
      return <Chip tone="good" word="done" />
    case 'failed':
      return <Chip tone="bad" word="failed" />
    case 'cancelled':
      return <Chip tone="quiet" word="cancelled" />
  }
}

const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'run',
    header: 'Run',
    sortBy: ({ id }) => id,
    cell: ({ id }) => (
      <Link to="/pipelines/runs/$id" params={{ id }} search={{}} title={id} className="nowrap">
        {shortId(id)}
      </Link>
    ),
  },
  {
    id: 'at',
    header: 'Asked for',
    sortBy: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Committed at={created_at} />,
  },
  {
    id: 'model',
    header: 'For',
    sortBy: ({ model }) => model,
    cell: ({ origin, model }) =>
      origin === 'shell' ? <span className="muted nowrap">a shell</span> : model,
  },
  {
    id: 'status',
    header: 'State',
    sortBy: ({ status }) => status,
    cell: ({ status }) => <RunChip status={status} />,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'end',
    sortBy: (run) => tookMs(run) ?? -1,
    cell: (run) => {
      const ms = tookMs(run)
      return ms === null || ms === 0 ? '–' : spent(ms)
    },
  },
  {
    id: 'why',
    header: 'Why',
    cell: ({ cause, caused_by: id, error }) => (
      <div className="sentence muted">
        <Sentence text={error ?? cause ?? ''} /> {id === null ? null : <Id id={id} />}
      </div>
    ),
  },
]

function tookMs({ started_at: from, finished_at: to }: Run): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from)
}

const LOOK_EVERY_MS = 5000

export function RunTable() {
  // Nobody announces what is run in a shell.
  const query = useQuery({ ...pipelineQueries.runs(), refetchInterval: LOOK_EVERY_MS })
  return (
    <Loaded query={query} what="the runs">
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No run yet" command="ratchet retrain NAME">
            A run brings the stages that a model needs up to date. The loop asks for one when a
            trigger of ratchet.yaml says so; this asks for one now. A <code>ratchet repro</code> in
            a shell stands here too.
          </Empty>
        ) : (
          <DataTable label="Runs" rows={items} columns={COLUMNS} rowId={({ id }) => id} />
        )
      }
    </Loaded>
  )
}
