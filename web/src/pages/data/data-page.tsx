import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { DataSet } from '../../../../src/edges/http/contract.ts'
import { dataQueries } from '../../api/data-queries.ts'
import { count, inWords, plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Chip } from '../../parts/chip.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { bytes } from '../artifacts/kinds.ts'
import { Committed } from './committed.tsx'
import { DataChip } from './data-state.tsx'
import { RemoteCard } from './remote-card.tsx'
import type { DataView } from './view.ts'
import './data-page.css'

const NONE = <span className="muted">–</span>

const COLUMNS: readonly Column<DataSet>[] = [
  {
    id: 'path',
    header: 'Data set',
    sortBy: ({ path }) => path,
    cell: ({ path }) => (
      <Link to="/data/$path" params={{ path }} search={{}}>
        {path}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'Now',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <DataChip state={state} />,
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortBy: ({ size }) => size ?? -1,
    cell: ({ size, nfiles }) =>
      size === null ? (
        NONE
      ) : (
        <span
          className="nowrap"
          title={nfiles === null ? `${count(size)} bytes` : plural(nfiles, 'file')}
        >
          {bytes(size)}
        </span>
      ),
  },
  {
    id: 'versions',
    header: 'Versions',
    align: 'end',
    sortBy: ({ versions }) => versions,
    cell: ({ versions }) => (versions === 0 ? NONE : count(versions)),
  },
  {
    id: 'changed',
    header: 'Last version',
    sortBy: ({ changed_at }) => changed_at ?? '',
    cell: ({ changed_at: at }) => (at === null ? NONE : <Committed at={at} />),
  },
  {
    id: 'contract',
    header: 'Contract',
    sortBy: ({ checked }) => checked?.verdict ?? '',
    cell: (set) => <ContractCell set={set} />,
  },
  {
    id: 'models',
    header: 'Trains',
    cell: ({ models }) => (models.length === 0 ? NONE : <Models names={models} />),
  },
  {
    id: 'source',
    header: 'Comes from',
    sortBy: ({ declared_by }) => declared_by,
    cell: ({ declared_by, kind }) =>
      kind === 'stage' ? (
        <Link to="/pipelines" search={{ stage: stageOf(declared_by) }}>
          {stageOf(declared_by)}
        </Link>
      ) : (
        <span className="muted">{kind === 'import' ? 'elsewhere' : 'added by hand'}</span>
      ),
  },
]

/** `dvc.yaml:train` is `train`, one of another folder is told in full. */
export function stageOf(declaredBy: string): string {
  return declaredBy.replace(/^dvc\.yaml:/, '')
}

function ContractCell({ set: { checked, contract } }: { set: DataSet }) {
  if (checked === null)
    return contract === null ? NONE : <span className="muted">not checked yet</span>
  const { verdict, failures } = checked
  return verdict === 'passed' ? (
    <Chip tone="good" word="holds" />
  ) : (
    <Chip tone="warning" word={`${failures} broken`} glyph="✕" />
  )
}

export function Models({ names }: { names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index === 0 ? '' : ', '}
      <Link to="/models/$name" params={{ name }}>
        {name}
      </Link>
    </span>
  ))
}

/** What is kept in versions: how it stands, and what was made of it. */
export function DataPage() {
  const view: DataView = useSearch({ from: '/data' })
  const query = useQuery(dataQueries.sets())
  return (
    <>
      <Crumbs>Data</Crumbs>
      <Loaded isPage query={query} what="the data sets">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Data">
              {explain(items)}
            </Heading>
            {items.length === 0 ? <NoData /> : <Sets items={items} view={view} />}
          </>
        )}
      </Loaded>
    </>
  )
}

function NoData() {
  return (
    <Empty title="What a data set is" command="ratchet add data/raw.csv">
      A file or folder whose versions are kept by what is in them, beside Git and in DVC’s own
      format. Outputs of stages are data sets too. This adds one.
    </Empty>
  )
}

function Sets({ items, view }: { items: readonly DataSet[]; view: DataView }) {
  const { find = '' } = view
  const shown = items.filter(({ path }) => path.toLowerCase().includes(find.toLowerCase()))
  return (
    <>
      <Tools view={view} shown={shown.length} all={items.length} />
      {view.remote === true ? <RemoteCard /> : null}
      {shown.length === 0 ? (
        <p className="muted">No path has “{find}” in it.</p>
      ) : (
        <DataTable label="Data sets" rows={shown} columns={COLUMNS} rowId={({ path }) => path} />
      )}
    </>
  )
}

function Tools({ view, shown, all }: { view: DataView; shown: number; all: number }) {
  const navigate = useNavigate({ from: '/data' })
  const { find = '', ...rest } = view
  return (
    <div className="data-tools">
      <input
        type="search"
        className="input"
        data-search
        aria-label="Find a data set"
        placeholder="Find a data set"
        value={find}
        onChange={({ currentTarget: { value } }) =>
          void navigate({
            search: { ...rest, ...(value === '' ? {} : { find: value }) },
            replace: true,
          })
        }
      />
      <span className="muted small" role="status">
        {find === '' ? '' : `${shown} of ${all}`}
      </span>
      {view.remote === true ? null : (
        <Link to="/data" search={{ ...view, remote: true }} className="button">
          Compare with the remote
        </Link>
      )}
    </div>
  )
}

function titleOf(items: readonly DataSet[]): string {
  const of = (state: DataSet['state']): readonly DataSet[] =>
    items.filter((one) => one.state === state)
  const [lost, changed, away] = [of('missing'), of('modified'), of('deleted')]
  const broken = items.filter(({ checked }) => checked?.verdict === 'failed')
  const [first] = items
  if (first === undefined) return 'No data is kept in versions yet'
  if (lost.length > 0)
    return said(lost, 'is neither here nor in the cache', 'are neither here nor in the cache')
  if (broken.length > 0) return said(broken, 'breaks its contract', 'break their contracts')
  if (changed.length > 0)
    return said(changed, 'changed since it was recorded', 'changed since they were recorded')
  if (away.length > 0) return said(away, 'is not in the workspace', 'are not in the workspace')
  return items.length === 1
    ? `${first.path} is as it was recorded`
    : `All ${plural(items.length, 'data set')} are as they were recorded`
}

function said(sets: readonly DataSet[], one: string, many: string): string {
  const [first] = sets
  return sets.length === 1 && first !== undefined
    ? `${first.path} ${one}`
    : `${inWords(sets.length, 'data set')} ${many}`
}

function explain(items: readonly DataSet[]): string {
  const size = items.reduce((sum, one) => sum + (one.size ?? 0), 0)
  const checked = items.filter((one) => one.checked !== null).length
  if (items.length === 0) return 'Whatever a model learned from can then be had again.'
  return `${bytes(size)} in their newest versions. ${
    checked === 0
      ? 'None was held against a contract yet.'
      : `${inWords(checked, 'of them was', 'of them were')} held against a contract.`
  }`
}
