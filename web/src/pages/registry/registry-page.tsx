import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { RegisteredModel } from '../../../../src/edges/http/contract.ts'
import { registryQueries } from '../../api/registry-queries.ts'
import { inWords, plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { Alias, StageChip } from './labels.tsx'
import { type RegistryView, registryView } from './view.ts'
import '../experiments/experiments-page.css'
import '../runs/runs-page.css'
import './registry.css'

const COLUMNS: readonly Column<RegisteredModel>[] = [
  {
    id: 'name',
    header: 'Model',
    sortBy: ({ name }) => name,
    cell: ({ name }) => (
      <Link to="/registry/$name" params={{ name }}>
        <strong>{name}</strong>
      </Link>
    ),
  },
  {
    id: 'latest',
    header: 'Latest',
    sortBy: ({ latest }) => latest ?? 0,
    cell: ({ name, latest }) =>
      latest === null ? (
        <span className="muted">none</span>
      ) : (
        <Link to="/registry/$name/$version" params={{ name, version: String(latest) }}>
          v{latest}
        </Link>
      ),
  },
  {
    id: 'versions',
    header: 'Versions',
    align: 'end',
    sortBy: ({ versions }) => versions,
    cell: ({ versions }) => versions,
  },
  {
    id: 'aliases',
    header: 'Aliases',
    cell: ({ name, aliases }) => (
      <span className="labels">
        {aliases.map(({ alias, version }) => (
          <Alias key={alias} alias={alias} model={name} version={version} />
        ))}
      </span>
    ),
  },
  {
    id: 'stages',
    header: 'Stages',
    cell: ({ stages }) => (
      <span className="labels">
        {stages.map(({ stage, version }) => (
          <span key={stage} className="nowrap">
            <StageChip stage={stage} /> <span className="muted small">v{version}</span>
          </span>
        ))}
      </span>
    ),
  },
  {
    id: 'loop',
    header: 'Loop',
    cell: ({ name, in_loop }) =>
      in_loop ? <LoopLink name={name} /> : <span className="muted">–</span>,
  },
  {
    id: 'updated',
    header: 'Changed',
    sortBy: ({ updated_at }) => updated_at,
    cell: ({ updated_at }) => <When at={updated_at} />,
  },
]

function LoopLink({ name }: { name: string }) {
  return (
    <Link to="/models/$name" params={{ name }}>
      history
    </Link>
  )
}

/** Every registered model, with what its names point at. */
export function RegistryPage() {
  const query = useQuery(registryQueries.models())
  return (
    <>
      <Crumbs>Registry</Crumbs>
      <Loaded isPage query={query} what="the registry">
        {({ items }) => (
          <>
            <Heading title={titleOf(items)} tab="Registry">
              A version is numbered once and never changes; aliases and stages say what it is for.
            </Heading>
            {items.length === 0 ? (
              <Empty
                title="Register the first model"
                command={`export MLFLOW_TRACKING_URI=${location.origin}\nmlflow.sklearn.log_model(model, name="model", registered_model_name="churn")`}
              >
                A script does it while it logs the model; a model of ratchet.yaml is registered when
                it is trained.
              </Empty>
            ) : (
              <Models items={items} />
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

function Models({ items }: { items: readonly RegisteredModel[] }) {
  const { find = '' }: RegistryView = useSearch({ from: '/registry' })
  const navigate = useNavigate({ from: '/registry' })
  const found = items.filter(({ name }) => name.toLowerCase().includes(find.trim().toLowerCase()))
  return (
    <>
      <div className="runs-bar">
        <input
          className="input experiments-find"
          data-search
          aria-label="Find a model"
          placeholder="Find a model"
          value={find}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: registryView({ find: value }), replace: true })
          }
        />
      </div>
      {found.length === 0 ? (
        <p className="muted">No model has this in its name.</p>
      ) : (
        <DataTable
          label="Registered models"
          rows={found}
          columns={COLUMNS}
          rowId={({ name }) => name}
        />
      )}
    </>
  )
}

function titleOf(items: readonly RegisteredModel[]): string {
  if (items.length === 0) return 'No model is registered yet'
  const versions = items.reduce((sum, one) => sum + one.versions, 0)
  const models = inWords(items.length, 'model is', 'models are')
  return `${models} registered, in ${plural(versions, 'version')}`
}
