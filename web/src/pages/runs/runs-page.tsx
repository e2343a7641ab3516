import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { Experiment, RunKeys, RunRow } from '../../../../src/edges/http/contract.ts'
import { problemOf } from '../../api/problem.ts'
import { trackingQueries, type RunsAsked } from '../../api/tracking-queries.ts'
import { seriesLook, usePalette } from '../../charts/palette.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Empty, Failure, Loaded } from '../../parts/states.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ChartsPanel, drawOneByOne, useDrawnRuns } from './charts/charts-panel.tsx'
import { chosenOf, NONE_CHOSEN, withRuns } from './chosen.ts'
import { usualColumns } from './columns.ts'
import { ExperimentButtons } from './experiment-buttons.tsx'
import { FilterBox } from './filter-box.tsx'
import { RunGrid, type Sort } from './run-grid.tsx'
import { TableTools } from './table-tools.tsx'
import { runsView, type RunsView, type ViewChange } from './view.ts'
import './runs-page.css'

const COUNT_MS = 5000

/** The runs of one or several experiments: found, ordered, grouped, drawn and compared. */
export function RunsPage(): ReactNode {
  const { ids }: { ids: string } = useParams({ from: '/experiments/$ids' })
  const experiments = useMemo(() => ids.split(',').filter((id) => id !== ''), [ids])
  const [first = '0'] = experiments
  // The heading counts the runs, which a running script makes more of.
  const query = useQuery({ ...trackingQueries.experiment(first), refetchInterval: COUNT_MS })
  return (
    <>
      <Crumbs>
        <Link to="/experiments">Experiments</Link>
      </Crumbs>
      <Loaded isPage query={query} what="the experiment">
        {(experiment) => (
          <>
            <Crumbs>
              {experiment.name
                .split('/')
                .filter((part) => part !== '')
                .map((part) => ` / ${part}`)}
            </Crumbs>
            <Heading
              title={titleOf(experiment, experiments.length)}
              tab={experiment.name}
              actions={
                experiments.length === 1 ? <ExperimentButtons experiment={experiment} /> : undefined
              }
            >
              {experiment.tags.find(({ key }) => key === 'mlflow.note.content')?.value ||
                (experiment.lifecycle === 'deleted'
                  ? 'This experiment was deleted. It can be restored.'
                  : 'Click a name to order by it, choose runs to draw and compare them.')}
            </Heading>
            <RunsTable experiments={experiments} name={experiment.name} />
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf({ name, runs, lifecycle }: Experiment, together: number): string {
  if (together > 1) return `Runs of ${name} and ${plural(together - 1, 'more', 'more')}`
  if (lifecycle === 'deleted') return `${name} was deleted`
  return runs === 0 ? `${name} has no run yet` : `${name} has ${plural(runs, 'run')}`
}

interface RunsTableProps {
  readonly experiments: readonly string[]
  readonly name: string
}

/** The names in use come first: they are the columns that are asked for. */
function RunsTable(props: RunsTableProps) {
  const query = useQuery(trackingQueries.keys(props.experiments))
  return (
    <Loaded query={query} what="the runs">
      {(keys) => <FoundRuns {...props} keys={keys} />}
    </Loaded>
  )
}

function FoundRuns({ experiments, name, keys }: RunsTableProps & { readonly keys: RunKeys }) {
  const view: RunsView = useSearch({ from: '/experiments/$ids' })
  const navigate = useNavigate({ from: '/experiments/$ids' })
  const change = (next: ViewChange, replace = true) =>
    void navigate({
      search: (before: RunsView) => runsView({ ...before, ...next }),
      replace,
      resetScroll: false,
    })
  const columns = view.cols ?? usualColumns(keys)
  const asked = useAsked(experiments, view, columns)
  const chosen = useMemo(
    () => chosenOf({ sel: view.sel ?? NO_IDS, ...(view.every === true ? { every: true } : {}) }),
    [view.sel, view.every],
  )
  const first = useQuery(trackingQueries.runs(asked, 0, 100))
  const drawn = useDrawnRuns(view, first.data?.items ?? NO_ROWS)
  const palette = usePalette()
  const colours = useMemo(
    () =>
      new Map(
        drawOneByOne(view)
          ? drawn.runs.map(({ id, place }) => [id, seriesLook(palette, place).colour])
          : [],
      ),
    [view, drawn.runs, palette],
  )
  const problem = first.error === null ? null : problemOf(first.error)
  const isFilter = problem?.code === 'FILTER_INVALID'
  return (
    <>
      <div className="runs-bar">
        <FilterBox
          value={view.q ?? ''}
          experiment={experiments}
          keys={keys}
          problem={isFilter ? problem : null}
          // All that match are others now.
          onApply={(q) => change(view.every === true ? { q, ...NONE_CHOSEN } : { q }, false)}
        />
        <TableTools view={view} keys={keys} columns={columns} asked={asked} onChange={change} />
      </div>
      <BulkBar
        chosen={chosen}
        total={first.data?.total ?? 0}
        asked={asked}
        name={name}
        areDeleted={view.deleted === true}
        onChange={change}
      />
      {problem !== null && !isFilter ? (
        <Failure error={first.error} again={() => void first.refetch()} />
      ) : null}
      <div className={view.chart === undefined ? 'with-charts' : 'with-charts on'}>
        <div>
          <RunGrid
            asked={asked}
            groupBy={view.group}
            columns={columns}
            pinned={view.pin ?? []}
            sort={sortOf(view.sort)}
            onSort={(key) => change({ sort: nextSort(view.sort, key) })}
            chosen={chosen}
            onChoose={(ids, on) => change(withRuns(chosen, ids, on))}
            onAll={(on) => change({ sel: undefined, every: on ? true : undefined })}
            colours={colours}
            empty={
              problem !== null ? null : (
                <NoRuns
                  isFiltered={view.q !== undefined}
                  areDeleted={view.deleted === true}
                  name={name}
                />
              )
            }
          />
        </div>
        {view.chart === undefined ? null : (
          <ChartsPanel view={view} keys={keys} asked={asked} drawn={drawn} onChange={change} />
        )}
      </div>
    </>
  )
}

const NO_ROWS: readonly RunRow[] = []
const NO_IDS: readonly string[] = []

function useAsked(
  experiment: readonly string[],
  view: RunsView,
  columns: readonly string[],
): RunsAsked {
  return useMemo(
    () => ({
      experiment,
      filter: view.q,
      view: view.deleted === true ? 'deleted' : 'active',
      order_by: view.sort === undefined ? undefined : [view.sort],
      columns: columns.filter((id) => !id.startsWith('attr.')),
      // Who asks for something, or groups, wants to see it wherever it is.
      ...(view.nest === true && view.group === undefined
        ? { nested: 'true' as const, ...(view.q === undefined ? { parent: 'none' } : {}) }
        : {}),
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the list of columns is a new one each time
    [experiment, view.q, view.deleted, view.sort, view.nest, view.group, columns.join('\n')],
  )
}

function sortOf(sort: string | undefined): Sort | null {
  const match = /^(.*?)(?: (asc|desc))?$/i.exec(sort ?? '')
  if (sort === undefined || match === null) return null
  return { key: match[1] ?? '', descending: match[2]?.toLowerCase() === 'desc' }
}

/** Down first, since what is best is often greatest; then up; then as it was. */
function nextSort(sort: string | undefined, key: string): string | undefined {
  const now = sortOf(sort)
  if (now?.key !== key) return `${key} desc`
  return now.descending ? `${key} asc` : undefined
}

interface NoRunsProps {
  readonly isFiltered: boolean
  readonly areDeleted: boolean
  readonly name: string
}

function NoRuns({ isFiltered, areDeleted, name }: NoRunsProps) {
  if (areDeleted)
    return <Empty title="Nothing was deleted here">Deleted runs wait here to be restored.</Empty>
  if (isFiltered)
    return (
      <Empty title="No run matches the filter">
        Take a clause away, or look at the names in use: the box completes them.
      </Empty>
    )
  return (
    <Empty
      title="No run yet"
      command={`export MLFLOW_TRACKING_URI=${location.origin}\npython -c "import mlflow; mlflow.set_experiment('${name}'); mlflow.autolog()"`}
    >
      Any script that logs to MLflow fills this table: point it here, change nothing else.
    </Empty>
  )
}
