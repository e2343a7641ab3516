import { useQuery } from '@tanstack/react-query'
import type { Job } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Chip } from '../../parts/chip.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Id, Sentence } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

const COLUMNS: readonly Column<Job>[] = [
  {
    id: 'at',
    header: 'Due',
    sortBy: ({ run_at }) => run_at,
    cell: ({ run_at }) => <When at={run_at} />,
  },
  { id: 'kind', header: 'Work', sortBy: ({ kind }) => kind, cell: ({ kind }) => kind },
  {
    id: 'subject',
    header: 'For',
    sortBy: ({ subject }) => subject ?? '',
    cell: ({ subject }) => <Sentence text={subject ?? '–'} />,
  },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <StateChip state={state} />,
  },
  {
    id: 'attempts',
    header: 'Attempts',
    align: 'end',
    sortBy: ({ attempts }) => attempts,
    cell: ({ attempts, max_attempts }) => `${attempts} of ${max_attempts}`,
  },
  {
    id: 'progress',
    header: 'How it stands',
    cell: ({ progress, error }) => (
      <div className="sentence muted">
        <Sentence text={error ?? progress ?? ''} />
      </div>
    ),
  },
  {
    id: 'why',
    header: 'Cause',
    cell: ({ caused_by }) => (caused_by === null ? '–' : <Id id={caused_by} />),
  },
]

function StateChip({ state }: { state: Job['state'] }) {
  switch (state) {
    case 'waiting':
      return <Chip tone="quiet" word="waiting" />
    case 'running':
      return <Chip tone="info" word="running" />
    case 'succeeded':
      return <Chip tone="good" word="done" />
    case 'failed':
      return <Chip tone="bad" word="failed" />
    case 'cancelled':
      return <Chip tone="quiet" word="cancelled" glyph="–" />
  }
}

/** Durable work: what runs, what waits, what failed. */
export function JobsPage() {
  const query = useQuery(queries.jobs())
  return (
    <>
      <Crumbs>Jobs</Crumbs>
      <Loaded isPage query={query} what="the jobs">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Jobs">
              A job survives its worker: another takes it over within two lease times.
            </Heading>
            {items.length === 0 ? (
              <Empty title="No work yet" command="ratchet retrain NAME">
                Trainings, checks and notifications are jobs. This starts one.
              </Empty>
            ) : (
              <DataTable label="Jobs" rows={items} columns={COLUMNS} rowId={({ id }) => id} />
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf(items: readonly Job[]): string {
  const n = (state: Job['state']) => items.filter((job) => job.state === state).length
  const failed = n('failed')
  const running = n('running')
  const waiting = n('waiting') || 'none'
  const now =
    running > 0
      ? `${inWords(running, 'job')} at work, ${waiting} waiting`
      : `No job at work, ${waiting} waiting`
  return failed === 0 ? now : `${now}, ${failed} failed`
}
