import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RunModel, RunRow, TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { count, plural } from '../../format/numbers.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Section } from '../../parts/heading.tsx'
import { When } from '../../parts/when.tsx'
import { cellText } from '../runs/columns.ts'
import { StatusChip } from '../runs/run-status.tsx'

const MOST = 200

/** The runs that this one started, with the metrics that it has itself. */
export function RunChildren({ run }: { run: TrackedRun }) {
  const metrics = run.metrics.slice(0, 4).map(({ key }) => `metrics.${key}`)
  const asked = { experiment: [run.experiment_id], parent: run.id, columns: metrics }
  const query = useQuery({
    ...trackingQueries.runs(asked, 0, MOST),
    enabled: run.children > 0,
    refetchInterval: run.status === 'RUNNING' ? 2000 : false,
  })
  if (run.children === 0 || query.data === undefined) return null
  const { items, total } = query.data
  return (
    <Section
      title={plural(total, 'child run')}
      note={total > MOST ? `The newest ${count(MOST)} are listed.` : undefined}
    >
      <DataTable
        label="Child runs"
        rows={items}
        columns={childColumns(metrics)}
        rowId={({ id }) => id}
      />
    </Section>
  )
}

function childColumns(metrics: readonly string[]): readonly Column<RunRow>[] {
  return [
    {
      id: 'name',
      header: 'Run',
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link to="/runs/$id" params={{ id }}>
          {name}
        </Link>
      ),
    },
    { id: 'status', header: 'State', cell: ({ status }) => <StatusChip status={status} /> },
    {
      id: 'at',
      header: 'Started',
      sortBy: ({ started_at }) => started_at,
      cell: ({ started_at }) => <When at={started_at} />,
    },
    ...metrics.map((id, index): Column<RunRow> => ({
      id,
      header: id.slice('metrics.'.length),
      align: 'end',
      sortBy: ({ values }) => Number(values[index] ?? Number.NEGATIVE_INFINITY),
      cell: ({ values }) => cellText(values[index]),
    })),
  ]
}

const MODELS: readonly Column<RunModel>[] = [
  { id: 'name', header: 'Model', cell: ({ name, id }) => <span title={id}>{name}</span> },
  {
    id: 'direction',
    header: '',
    cell: ({ direction }) => (direction === 'output' ? 'made' : 'read'),
  },
  { id: 'status', header: 'State', cell: ({ status }) => status.toLowerCase() },
  {
    id: 'versions',
    header: 'Registered as',
    cell: ({ versions }) =>
      versions.length === 0 ? (
        <span className="muted">–</span>
      ) : (
        versions.map(({ model, version }) => (
          <Link
            key={`${model} ${version}`}
            to="/registry/$name/$version"
            params={{ name: model, version: String(version) }}
          >
            {model} v{version}{' '}
          </Link>
        ))
      ),
  },
]

/** Models that it made and read, and the versions they became. */
export function RunModels({ run }: { run: TrackedRun }) {
  if (run.models.length === 0 && run.versions.length === 0) return null
  return (
    <Section title="Models">
      {run.models.length === 0 ? (
        <p>
          Registered as{' '}
          {run.versions.map(({ model, version }) => (
            <Link
              key={`${model} ${version}`}
              to="/registry/$name/$version"
              params={{ name: model, version: String(version) }}
            >
              {model} v{version}{' '}
            </Link>
          ))}
        </p>
      ) : (
        <DataTable
          label="Models"
          rows={run.models}
          columns={MODELS}
          rowId={({ id, direction }) => `${id} ${direction}`}
        />
      )}
    </Section>
  )
}
