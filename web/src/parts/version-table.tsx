import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Version } from '../../../src/edges/http/contract.ts'
import { useMemo } from 'react'
import { queries } from '../api/queries.ts'
import { Chip } from './chip.tsx'
import { DataTable, type Column } from './data-table.tsx'
import { Id, shortRunId } from './sentence.tsx'
import { Loaded } from './states.tsx'
import { When } from './when.tsx'

const NONE = <span className="muted">–</span>

const columnsOf = (model: string): readonly Column<Version>[] => [
  {
    id: 'version',
    header: 'Version',
    sortBy: ({ version }) => version,
    cell: ({ version }) => (
      <Link to="/registry/$name/$version" params={{ name: model, version: String(version) }}>
        <strong>v{version}</strong>
      </Link>
    ),
  },
  {
    id: 'status',
    header: 'Became',
    sortBy: ({ status }) => status,
    cell: ({ status }) => <VersionChip status={status} />,
  },
  {
    id: 'at',
    header: 'Made',
    sortBy: ({ created_at }) => created_at,
    cell: ({ created_at }) => <When at={created_at} />,
  },
  {
    id: 'gate',
    header: 'Gate',
    cell: ({ gate_id: id }) =>
      id === null ? (
        NONE
      ) : (
        <Link to="/gates/$id" params={{ id }}>
          gate
        </Link>
      ),
  },
  {
    id: 'rollout',
    header: 'Rollout',
    cell: ({ rollout_id: id }) =>
      id === null ? (
        NONE
      ) : (
        <Link to="/rollouts/$id" params={{ id }}>
          rollout
        </Link>
      ),
  },
  {
    id: 'data',
    header: 'Data',
    cell: ({ data_hash }) => (data_hash === null ? NONE : <Hash value={data_hash} />),
  },
  {
    id: 'commit',
    header: 'Commit',
    cell: ({ commit }) => (commit === null ? NONE : <Hash value={commit} />),
  },
  {
    id: 'run',
    header: 'Run',
    cell: ({ run_id }) =>
      run_id === null ? NONE : <Hash value={run_id} short={shortRunId(run_id)} />,
  },
  {
    id: 'cause',
    header: 'Cause',
    cell: ({ caused_by }) => (caused_by === null ? NONE : <Id id={caused_by} />),
  },
]

/** Eight characters of a hash tell it apart; the rest on hover, the causes behind it. */
function Hash({ value, short = value.slice(0, 8) }: { value: string; short?: string }) {
  return (
    <Link to="/why/$id" params={{ id: value }} title={value}>
      <code>{short}</code>
    </Link>
  )
}

/** What became of a version. */
export function VersionChip({ status }: { status: Version['status'] }) {
  switch (status) {
    case 'champion':
      return <Chip tone="good" word="champion" />
    case 'retired':
      return <Chip tone="quiet" word="retired" />
    case 'refused':
      return <Chip tone="warning" word="refused" glyph="✕" />
    case 'rolled_back':
      return <Chip tone="warning" word="rolled back" glyph="↩" />
    case 'rolling_out':
      return <Chip tone="info" word="rolling out" />
    case 'waiting':
      return <Chip tone="quiet" word="waiting" />
  }
}

/** The versions of a model, as the server orders them: the newest first. */
export function VersionTable({ model }: { model: string }) {
  const query = useQuery(queries.versions(model))
  const columns = useMemo(() => columnsOf(model), [model])
  return (
    <Loaded query={query} what="the versions">
      {({ items }) => (
        <DataTable
          label={`Versions of ${model}`}
          rows={items}
          columns={columns}
          rowId={({ version }) => String(version)}
        />
      )}
    </Loaded>
  )
}
