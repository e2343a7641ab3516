import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { RegisteredModel, RegisteredVersion } from '../../../../src/edges/http/contract.ts'
import { registryQueries } from '../../api/registry-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { shortRunId } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { VersionChip } from '../../parts/version-table.tsx'
import { When } from '../../parts/when.tsx'
import { Changes } from './changes.tsx'
import { Description } from './description.tsx'
import { StageChip } from './labels.tsx'
import { ModelCommands } from './model-commands.tsx'
import { TagRows } from './tag-rows.tsx'
import './registry.css'

/** A registered model: its versions, the names that point at them, and what was changed. */
export function RegisteredPage() {
  const { name }: { name: string } = useParams({ from: '/registry/$name' })
  const query = useQuery(registryQueries.model(name))
  return (
    <>
      <Crumbs>
        <Link to="/registry">Registry</Link> / {name}
      </Crumbs>
      <Loaded isPage query={query} what={name}>
        {(model) => (
          <>
            <Heading title={titleOf(model)} tab={name} actions={<ModelCommands model={model} />}>
              <Standing model={model} />
            </Heading>
            <Description text={model.description} />
            <Versions name={name} />
            <TagRows tags={model.tags} path={`/registry/${encodeURIComponent(name)}/tag`} />
            <Changes name={name} />
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf({ name, versions, aliases }: RegisteredModel): string {
  const champion = aliases.find(({ alias }) => alias === 'champion')
  if (versions === 0) return `${name} has no version yet`
  const many = plural(versions, 'version')
  return champion === undefined
    ? `${name} has ${many}, none of them champion`
    : `v${champion.version} of ${name} is champion among ${many}`
}

function Standing({ model: { name, in_loop, updated_at } }: { model: RegisteredModel }) {
  return (
    <>
      Changed <When at={updated_at} />.{' '}
      {in_loop ? (
        <Link to="/models/$name" params={{ name }}>
          How it did in production →
        </Link>
      ) : null}
    </>
  )
}

const COLUMNS: readonly Column<RegisteredVersion>[] = [
  {
    id: 'version',
    header: 'Version',
    sortBy: ({ version }) => version,
    cell: ({ model, version }) => (
      <Link to="/registry/$name/$version" params={{ name: model, version: String(version) }}>
        <strong>v{version}</strong>
      </Link>
    ),
  },
  {
    id: 'aliases',
    header: 'Aliases',
    cell: ({ aliases }) => (
      <span className="labels">
        {aliases.map((alias) => (
          <span key={alias} className={`chip ${alias === 'champion' ? 'good' : 'info'}`}>
            @{alias}
          </span>
        ))}
      </span>
    ),
  },
  {
    id: 'stage',
    header: 'Stage',
    sortBy: ({ stage }) => stage,
    cell: ({ stage }) => <StageChip stage={stage} />,
  },
  {
    id: 'became',
    header: 'Became',
    cell: ({ became }) =>
      became === null ? <span className="muted">–</span> : <VersionChip status={became} />,
  },
  {
    id: 'run',
    header: 'Run',
    cell: ({ run_id }) =>
      run_id === null ? (
        <span className="muted">–</span>
      ) : (
        <Link to="/runs/$id" params={{ id: run_id }}>
          <code title={run_id}>{shortRunId(run_id)}</code>
        </Link>
      ),
  },
  {
    id: 'made',
    header: 'Made',
    sortBy: ({ created_at }) => created_at,
    cell: ({ created_at }) => <When at={created_at} />,
  },
  {
    id: 'about',
    header: 'About',
    cell: ({ description }) => <div className="sentence muted">{description}</div>,
  },
]

function Versions({ name }: { name: string }) {
  const query = useQuery(registryQueries.versions(name))
  return (
    <Section title="Versions">
      <Loaded query={query} what="the versions">
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">It has no version yet.</p>
          ) : (
            <DataTable
              label={`Versions of ${name}`}
              rows={items}
              columns={COLUMNS}
              rowId={({ version }) => String(version)}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
