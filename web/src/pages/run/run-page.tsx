import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { CommandButton } from '../../parts/command-button.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { spent } from '../pipelines/spent.ts'
import { RenameButton } from '../runs/rename-button.tsx'
import { StatusChip } from '../runs/run-status.tsx'
import { TagButton } from '../runs/tag-button.tsx'
import { RunCharts } from './run-charts.tsx'
import { RunFiles, RunLog } from './run-files.tsx'
import { RunChildren, RunModels } from './run-kin.tsx'
import { RunTraces } from './run-traces.tsx'
import { RunOrigin } from './run-origin.tsx'
import { RunProject } from './run-snapshot.tsx'
import { RunValues } from './run-values.tsx'
import { runView, type RunView } from './view.ts'
import '../runs/runs-page.css'
import './run-page.css'

const MOVING_MS = 1500

/** One run: what went in, what came out, and where it came from. */
export function RunPage() {
  const { id }: { id: string } = useParams({ from: '/runs/$id' })
  const view: RunView = useSearch({ from: '/runs/$id' })
  const navigate = useNavigate({ from: '/runs/$id' })
  const change = (next: { readonly [Key in keyof RunView]?: RunView[Key] | undefined }) =>
    void navigate({
      search: (before: RunView) => runView({ ...before, ...next }),
      replace: true,
      resetScroll: false,
    })
  const query = useQuery({
    ...trackingQueries.run(id),
    refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? MOVING_MS : false),
  })
  return (
    <>
      <Crumbs>
        <Link to="/experiments">Experiments</Link> /{' '}
      </Crumbs>
      <Loaded isPage query={query} what="the run">
        {(run) => (
          <>
            <Crumbs>
              <Link to="/experiments/$ids" params={{ ids: run.experiment_id }} search={{}}>
                {run.experiment_name}
              </Link>{' '}
              / {run.name}
            </Crumbs>
            <Heading title={titleOf(run)} tab={run.name} actions={<RunButtons run={run} />}>
              <Standing run={run} />
            </Heading>
            <RunCharts run={run} view={view} onChange={change} />
            <RunValues run={run} />
            <RunModels run={run} />
            <RunTraces run={run} />
            <RunChildren run={run} />
            <RunFiles run={run} view={view} onChange={change} />
            <RunLog run={run} onOpen={(file) => change({ file, of: undefined })} />
            <RunOrigin run={run} />
            <RunProject run={run} />
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf({ name, status, started_at: start, ended_at: end }: TrackedRun): string {
  const took = end === null ? null : spent(Date.parse(end) - Date.parse(start))
  switch (status) {
    case 'RUNNING':
      return `${name} is running`
    case 'SCHEDULED':
      return `${name} has not begun`
    case 'FINISHED':
      return took === null ? `${name} finished` : `${name} finished in ${took}`
    case 'FAILED':
      return took === null ? `${name} failed` : `${name} failed after ${took}`
    case 'KILLED':
      return took === null ? `${name} was killed` : `${name} was killed after ${took}`
  }
}

function RunButtons({ run }: { run: TrackedRun }) {
  const { id, name, lifecycle } = run
  if (lifecycle === 'deleted')
    return (
      <CommandButton
        label="Restore"
        explain={`${name} will be listed again.`}
        path="/runs/restore"
        body={{ ids: [id] }}
        kind="primary"
      />
    )
  return (
    <>
      <TagButton runs="this run" body={{ ids: [id] }} />
      <RenameButton id={id} name={name} />
      <CommandButton
        label="Delete"
        explain={`${name} will no longer be listed. It can be restored until it is cleared away.`}
        path="/runs/delete"
        body={{ ids: [id] }}
        kind="danger"
        confirmName={name}
      />
    </>
  )
}

function Standing({ run }: { run: TrackedRun }) {
  const { started_at: start, status, user, parent_id: parent } = run
  return (
    <>
      <StatusChip status={status} />
      {run.lifecycle === 'deleted' ? <span className="chip"> deleted</span> : null} Started{' '}
      <When at={start} />
      {user === '' ? '' : ` by ${user}`}.{' '}
      {parent === null ? null : (
        <>
          Part of{' '}
          <Link to="/runs/$id" params={{ id: parent }}>
            {run.parent_name ?? parent}
          </Link>
          .{' '}
        </>
      )}
      <code className="small">{run.id}</code>
    </>
  )
}
