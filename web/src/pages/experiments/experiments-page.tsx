import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Experiment } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { count, inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { FormButton } from '../../parts/form-button.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { Toggle } from '../runs/table-tools.tsx'
import { treeOf, type TreeLine } from './folders.ts'
import { type ExperimentsView, experimentsView } from './view.ts'
import '../../parts/data-table.css'
import '../runs/runs-page.css'
import './experiments-page.css'

/** What was tried: experiments in the folders that their names make. */
export function ExperimentsPage() {
  const view: ExperimentsView = useSearch({ from: '/experiments' })
  const areDeleted = view.deleted === true
  const query = useQuery(trackingQueries.experiments(areDeleted ? 'deleted' : 'active'))
  return (
    <>
      <Crumbs>Experiments</Crumbs>
      <Loaded isPage query={query} what="the experiments">
        {({ items }) => (
          <>
            <Heading
              title={titleOf(items, areDeleted)}
              tab="Experiments"
              actions={<NewExperiment />}
            >
              Each holds the runs that one question led to. Slashes in their names make folders.
            </Heading>
            <Experiments items={items} view={view} />
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf(items: readonly Experiment[], areDeleted: boolean): string {
  if (areDeleted) return `${inWords(items.length, 'deleted experiment')}`
  const runs = items.reduce((sum, one) => sum + one.runs, 0)
  if (runs === 0) return 'Nothing has been tried yet'
  return `${count(runs)} ${runs === 1 ? 'run' : 'runs'} in ${inWords(items.length, 'experiment').toLowerCase()}`
}

function NewExperiment() {
  return (
    <FormButton
      label="New experiment"
      submit="Make it"
      fields={[{ name: 'name', label: 'Name', hint: 'Slashes make folders: team/project/x' }]}
      path="/experiments"
      body={({ name = '' }) => ({ name: name.trim() })}
    />
  )
}

interface ExperimentsProps {
  readonly items: readonly Experiment[]
  readonly view: ExperimentsView
}

function Experiments({ items, view }: ExperimentsProps) {
  const { find = '' } = view
  const areDeleted = view.deleted === true
  const navigate = useNavigate({ from: '/experiments' })
  const change = (next: { readonly find?: string; readonly deleted?: boolean }) =>
    void navigate({ search: experimentsView({ ...view, ...next }), replace: true })
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<readonly string[]>([])
  const found = useMemo(() => {
    const text = find.trim().toLowerCase()
    return items.filter(({ name }) => name.toLowerCase().includes(text))
  }, [items, find])
  const lines = useMemo(() => treeOf(found, shut), [found, shut])
  const toggle = (path: string) => setShut(toggledSet(shut, path))
  return (
    <>
      <div className="runs-bar">
        <input
          className="input experiments-find"
          data-search
          aria-label="Find an experiment"
          placeholder="Find an experiment"
          value={find}
          onChange={(event) => change({ find: event.currentTarget.value })}
        />
        <Toggle
          label="Deleted"
          title="Show what was deleted"
          on={areDeleted}
          onChange={(deleted) => change({ deleted })}
        />
        {chosen.length < 2 ? null : (
          <Link
            to="/experiments/$ids"
            params={{ ids: chosen.join(',') }}
            search={{}}
            className="button primary"
          >
            Open {chosen.length} together
          </Link>
        )}
      </div>
      {items.length === 0 || (found.length === 0 && find === '') ? (
        <Empty title={areDeleted ? 'Nothing was deleted' : 'No experiment yet'}>
          The first script that logs to this server makes one.
        </Empty>
      ) : (
        <Tree
          lines={lines}
          shut={shut}
          onToggle={toggle}
          chosen={chosen}
          onChoose={(id) => setChosen([...toggledSet(new Set(chosen), id)])}
        />
      )}
      {items.every(({ runs }) => runs === 0) && !areDeleted ? <HowToLog /> : null}
    </>
  )
}

function toggledSet(before: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const next = new Set(before)
  if (!next.delete(one)) next.add(one)
  return next
}

interface TreeProps {
  readonly lines: readonly TreeLine[]
  readonly shut: ReadonlySet<string>
  readonly onToggle: (path: string) => void
  readonly chosen: readonly string[]
  readonly onChoose: (id: string) => void
}

function Tree({ lines, shut, onToggle, chosen, onChoose }: TreeProps) {
  return (
    <div className="card scroll" role="region" aria-label="Experiments" tabIndex={0}>
      <table className="table experiments">
        <caption className="visually-hidden">Experiments</caption>
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            <th scope="col" className="end">
              Runs
            </th>
            <th scope="col">Last run</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row
              key={line.path}
              line={line}
              isShut={shut.has(line.path)}
              onToggle={onToggle}
              isChosen={line.experiment !== null && chosen.includes(line.experiment.id)}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly line: TreeLine
  readonly isShut: boolean
  readonly onToggle: (path: string) => void
  readonly isChosen: boolean
  readonly onChoose: (id: string) => void
}

function Row({ line, isShut, onToggle, isChosen, onChoose }: RowProps) {
  const { path, label, depth, experiment, experiments, hasChildren } = line
  const runs = experiments.reduce(
    (sum, one) => sum + one.runs + (one.lifecycle === 'deleted' ? one.deleted_runs : 0),
    0,
  )
  const last = experiments.map((one) => one.last_run_at ?? '').reduce((a, b) => (a > b ? a : b), '')
  return (
    <tr>
      <td>
        <span className="tree-name" style={{ paddingLeft: depth * 22 }}>
          {hasChildren ? (
            <button
              type="button"
              className="opener"
              aria-expanded={!isShut}
              aria-label={`${isShut ? 'Open' : 'Shut'} the folder ${path}`}
              onClick={() => onToggle(path)}
            >
              {isShut ? '▸' : '▾'}
            </button>
          ) : (
            <span className="opener" />
          )}
          {experiment === null ? (
            <Link
              to="/experiments/$ids"
              params={{ ids: experiments.map(({ id }) => id).join(',') }}
              search={{}}
              className="folder"
              title={`All runs below ${path}`}
            >
              {label}/
            </Link>
          ) : (
            <>
              <input
                type="checkbox"
                aria-label={`Choose ${experiment.name}`}
                checked={isChosen}
                onChange={() => onChoose(experiment.id)}
              />
              <Link to="/experiments/$ids" params={{ ids: experiment.id }} search={{}}>
                {label}
              </Link>
            </>
          )}
        </span>
      </td>
      <td className="end">{count(runs)}</td>
      <td>{last === '' ? <span className="muted">–</span> : <When at={last} />}</td>
      <td className="muted small about">
        {experiment?.tags.find(({ key }) => key === 'mlflow.note.content')?.value}
      </td>
    </tr>
  )
}

function HowToLog() {
  return (
    <div style={{ marginTop: 14 }}>
      <Empty
        title="Log the first run"
        command={`export MLFLOW_TRACKING_URI=${location.origin}\npython -c "import mlflow; mlflow.set_experiment('team/first'); mlflow.log_metric('f1', 0.9)"`}
      >
        Any script that logs to MLflow works as it is: point it here.
      </Empty>
    </div>
  )
}
