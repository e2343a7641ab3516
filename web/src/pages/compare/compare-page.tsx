import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Toggle } from '../runs/table-tools.tsx'
import { CompareCharts } from './compare-charts.tsx'
import { CompareFiles } from './compare-files.tsx'
import { CompareTable } from './compare-table.tsx'
import { comparison } from './comparison.ts'
import { compareView, type CompareView } from './view.ts'
import '../runs/runs-page.css'

/** Two to twenty runs side by side: what differs stands out, what does not can be left away. */
export function ComparePage(): ReactNode {
  const { runs }: CompareView = useSearch({ from: '/compare' })
  const query = useQuery({ ...trackingQueries.compare(runs), enabled: runs.length > 0 })
  if (runs.length === 0)
    return (
      <>
        <Heading title="No runs to compare" tab="Compare" />
        <Empty title="Choose two or more">
          Tick runs in the table of an <Link to="/experiments">experiment</Link> and press Compare.
        </Empty>
      </>
    )
  return (
    <Loaded isPage query={query} what="the runs">
      {({ items }) => <Compared runs={items} />}
    </Loaded>
  )
}

function Compared({ runs }: { runs: readonly TrackedRun[] }) {
  const view: CompareView = useSearch({ from: '/compare' })
  const { all } = view
  const navigate = useNavigate({ from: '/compare' })
  const change = (next: Readonly<Record<string, unknown>>) =>
    void navigate({
      search: (before: CompareView) => compareView({ ...before, ...next }),
      replace: true,
      resetScroll: false,
    })
  const rows = useMemo(() => comparison(runs), [runs])
  const different = rows.filter(({ differs }) => differs).length
  const [first] = runs
  return (
    <>
      <Crumbs>
        <Link to="/experiments">Experiments</Link> /{' '}
        {first === undefined ? null : (
          <Link to="/experiments/$ids" params={{ ids: first.experiment_id }} search={{}}>
            {first.experiment_name}
          </Link>
        )}{' '}
        / compare
      </Crumbs>
      <Heading
        title={`${plural(runs.length, 'run')} differ in ${plural(different, 'value')}`}
        tab="Compare"
        actions={
          <Toggle
            label="Differences only"
            title="Leave out what is the same in all"
            on={all !== true}
            onChange={(on) => change({ all: !on })}
          />
        }
      >
        {rows.length - different === 0
          ? 'They have nothing in common.'
          : `${plural(rows.length - different, 'value')} they have in common ${all === true ? 'are shown' : 'are left out'}.`}
      </Heading>
      <CompareTable
        runs={runs}
        rows={all === true ? rows : rows.filter(({ differs }) => differs)}
      />
      <CompareCharts runs={runs} view={view} onChange={change} />
      <CompareFiles runs={runs} view={view} onChange={change} />
    </>
  )
}
