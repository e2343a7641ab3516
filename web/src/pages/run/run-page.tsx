import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { duration } from '../../format/times.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { CommandButton } from '../../parts/command-button.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { RenameButton } from '../runs/rename-button.tsx'
import { StatusChip } from '../runs/run-status.tsx'
import { TagButton } from '../runs/tag-button.tsx'
import { RunValues } from './run-values.tsx'
import './run-page.css'

const MOVING_MS = 1500

/** One run: what went in, what came out, and where it came from. */
export function RunPage() {
  const { id }: { id: string } = useParams({ from: '/runs/$id' })
  const query = useQuery({
    ...trackingQueries.run(id),
    refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? MOVING_MS : false),
  })
  return (
    <Loaded query={query} what="the run">
      {(run) => (
        <>
          <Crumbs>
            <Link to="/experiments">Experiments</Link> /{' '}
            <Link to="/experiments/$ids" params={{ ids: run.experiment_id }} search={{}}>
              {run.experiment_name}
            </Link>{' '}
            / {run.name}
          </Crumbs>
          <Heading title={run.name} actions={<RunButtons run={run} />}>
            <Standing run={run} />
          </Heading>
          <RunValues run={run} />
        </>
      )}
    </Loaded>
  )
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
      <TagButton ids={[id]} />
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
  const { started_at: start, ended_at: end, status, user, parent_id: parent } = run
  return (
    <>
      <StatusChip status={status} />
      {run.lifecycle === 'deleted' ? <span className="chip"> deleted</span> : null} Started{' '}
      <When at={start} />
      {user === '' ? '' : ` by ${user}`}
      {end === null ? null : `, took ${duration(Date.parse(end) - Date.parse(start))}`}.{' '}
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
