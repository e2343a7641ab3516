import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { DataSetDetail } from '../../../../src/edges/http/contract.ts'
import { dataQueries } from '../../api/data-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { bytes } from '../artifacts/kinds.ts'
import { Models, stageOf } from '../data/data-page.tsx'
import { DataChip } from '../data/data-state.tsx'
import { Difference } from './difference.tsx'
import { Reports } from './reports.tsx'
import { comparedIn, VersionTable } from './versions.tsx'
import type { DataSetView } from './view.ts'
import './data-set-page.css'

/** One data set: its versions, how two of them differ, what it was checked for, who learned from it. */
export function DataSetPage() {
  const { path }: { path: string } = useParams({ from: '/data/$path' })
  const view: DataSetView = useSearch({ from: '/data/$path' })
  const query = useQuery(dataQueries.set(path))
  return (
    <>
      <Crumbs>
        <Link to="/data" search={{}}>
          Data
        </Link>{' '}
        / {path}
      </Crumbs>
      <Loaded isPage query={query} what="the data set">
        {(detail) => <Body detail={detail} view={view} />}
      </Loaded>
    </>
  )
}

function Body({ detail, view }: { detail: DataSetDetail; view: DataSetView }) {
  const { set, columns, fault } = detail
  const compared = comparedIn(detail, view)
  return (
    <>
      <Heading title={titleOf(detail)} tab={set.path}>
        <Standing detail={detail} />
      </Heading>
      <Section title="Versions" note="Choose two to see how they differ.">
        {detail.versions.length === 0 ? (
          <Empty title="No version is recorded yet" command={`git commit ${set.path}.dvc`}>
            A version is a content that a commit of Git names, or that a run read.
          </Empty>
        ) : (
          <VersionTable detail={detail} compared={compared} />
        )}
        {fault === null ? null : <p className="trouble">Its rows cannot be told: {fault}</p>}
      </Section>
      {compared === null ? null : <Difference compared={{ path: set.path, ...compared }} />}
      <Section title="Contract">
        <Reports set={set} open={view.report} />
      </Section>
      {columns === null ? null : (
        <Section title={`Columns (${columns.length})`}>
          <ul className="card schema">
            {columns.map(({ name, type }) => (
              <li key={name}>
                <code>{name}</code> <span className="muted small">{type.toLowerCase()}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function titleOf({ set, rows }: DataSetDetail): string {
  const { path, state, checked } = set
  const size = rows === null ? '' : ` has ${plural(rows, 'row')} and`
  switch (state) {
    case 'unchanged':
      return checked?.verdict === 'failed'
        ? `${path} breaks its contract`
        : `${path}${size} is as it was recorded`
    case 'modified':
      return `${path}${size} changed since it was recorded`
    case 'deleted':
      return `${path} is not in the workspace; the cache has it`
    case 'missing':
      return `${path} is neither in the workspace nor in the cache`
    case 'new':
      return `${path} was never recorded`
  }
}

const NEXT: Readonly<Record<DataSetDetail['set']['state'], string | null>> = {
  unchanged: null,
  modified: 'ratchet commit',
  deleted: 'ratchet checkout',
  missing: 'ratchet pull',
  new: 'ratchet repro',
}

function Standing({ detail: { set } }: { detail: DataSetDetail }) {
  const { state, size, nfiles, models, kind, declared_by: declaredBy } = set
  const next = NEXT[state]
  return (
    <>
      <DataChip state={state} /> {size === null ? '' : bytes(size)}
      {nfiles === null ? '' : ` in ${plural(nfiles, 'file')}`}
      {kind === 'stage' ? (
        <>
          , written by{' '}
          <Link to="/pipelines" search={{ stage: stageOf(declaredBy) }}>
            {stageOf(declaredBy)}
          </Link>
        </>
      ) : (
        `, declared by ${declaredBy}`
      )}
      .{' '}
      {models.length === 0 ? null : (
        <>
          Trains <Models names={models} />.{' '}
        </>
      )}
      {next === null ? null : (
        <>
          <code>{next}</code> is what comes next.
        </>
      )}
    </>
  )
}
