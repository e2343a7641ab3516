import { useQuery } from '@tanstack/react-query'
import type { Alert } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Chip } from '../../parts/chip.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Id, Sentence } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

const COLUMNS: readonly Column<Alert>[] = [
  {
    id: 'at',
    header: 'Since',
    sortBy: ({ started_at }) => started_at,
    cell: ({ started_at }) => <When at={started_at} />,
  },
  { id: 'model', header: 'Model', sortBy: ({ model }) => model ?? '', cell: ({ model }) => model },
  { id: 'rule', header: 'Rule', sortBy: ({ rule }) => rule, cell: ({ rule }) => rule },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ state }) => state,
    cell: ({ state, severity }) => <StateChip state={state} severe={severity === 'bad'} />,
  },
  {
    id: 'sentence',
    header: 'What is the case',
    cell: ({ sentence }) => (
      <div className="sentence">
        <Sentence text={sentence} />
      </div>
    ),
  },
  {
    id: 'resolved',
    header: 'Resolved',
    sortBy: ({ resolved_at }) => resolved_at ?? '',
    cell: ({ resolved_at }) =>
      resolved_at === null ? <span className="muted">–</span> : <When at={resolved_at} />,
  },
  { id: 'why', header: 'Why', cell: ({ id }) => <Id id={id} /> },
]

function StateChip({ state, severe }: { state: Alert['state']; severe: boolean }) {
  switch (state) {
    case 'pending':
      return <Chip tone="quiet" word="pending" />
    case 'firing':
      return <Chip tone={severe ? 'bad' : 'warning'} word="firing" />
    case 'resolved':
      return <Chip tone="good" word="resolved" />
  }
}

/** What was found wrong, and when it was right again. */
export function AlertsPage() {
  const query = useQuery(queries.alerts())
  return (
    <>
      <Crumbs>Alerts</Crumbs>
      <Loaded isPage query={query} what="the alerts">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Alerts">
              Pending until it holds for long enough, firing until it is over. Each has its
              evidence.
            </Heading>
            {items.length === 0 ? (
              <Empty title="Nothing was ever found wrong" command="ratchet alerts">
                Checks run by the schedule under monitor in ratchet.yaml; what they find is listed
                here and sent where the model's alerts go.
              </Empty>
            ) : (
              <DataTable label="Alerts" rows={items} columns={COLUMNS} rowId={({ id }) => id} />
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf(items: readonly Alert[]): string {
  const firing = items.filter(({ state }) => state === 'firing').length
  return firing === 0
    ? 'No alert is firing'
    : inWords(firing, 'alert is firing', 'alerts are firing')
}
