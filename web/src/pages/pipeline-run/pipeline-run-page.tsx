import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { Run } from '../../../../src/edges/http/contract.ts'
import { pipelineQueries } from '../../api/pipeline-queries.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { CommandButton } from '../../parts/command-button.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { useProjectTime } from '../../parts/project-time.ts'
import { Id, Sentence, shortId } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Committed } from '../data/committed.tsx'
import { RunChip } from '../pipelines/run-table.tsx'
import { Gantt } from './gantt.tsx'
import { StageFacts } from './stage-facts.tsx'
import { StageLog } from './stage-log.tsx'
import { titleOf } from './title.ts'
import type { PipelineRunView } from './view.ts'
import '../pipelines/pipelines-page.css'
import './pipeline-run-page.css'

const MOVING_MS = 1500

/** One run of the stages: when each worked, why, what it wrote. */
export function PipelineRunPage() {
  const { id }: { id: string } = useParams({ from: '/pipelines/runs/$id' })
  const view: PipelineRunView = useSearch({ from: '/pipelines/runs/$id' })
  const query = useQuery({
    ...pipelineQueries.run(id),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : MOVING_MS),
  })
  return (
    <>
      <Crumbs>
        <Link to="/pipelines" search={{}}>
          Pipelines
        </Link>{' '}
        / {shortId(id)}
      </Crumbs>
      <Loaded isPage query={query} what="the run">
        {(run) => (
          <>
            <Heading
              title={titleOf(run)}
              tab={`Run ${shortId(run.id)}`}
              actions={canBeCancelled(run) ? <Cancel run={run} /> : undefined}
            >
              <Standing run={run} />
            </Heading>
            <Body run={run} view={view} />
          </>
        )}
      </Loaded>
    </>
  )
}

function isOver(run: Run | undefined): boolean {
  return run !== undefined && run.status !== 'queued' && run.status !== 'running'
}

function canBeCancelled(run: Run): boolean {
  // Whoever runs one in a shell ends it there.
  return run.origin === 'loop' && !isOver(run) && run.cancel_requested_at === null
}

function Cancel({ run: { id, model, status } }: { run: Run }) {
  return (
    <CommandButton
      label="Cancel the run"
      explain={
        status === 'queued'
          ? `It will not begin. ${model} stays as it is.`
          : `The stage that is at work is ended with everything it started, and runs again the next time. What has ended stays done; ${model} stays as it is.`
      }
      path={`/pipelines/runs/${encodeURIComponent(id)}/cancel`}
      kind="danger"
      dismiss="Let it run"
    />
  )
}

function Body({ run, view }: { run: Run; view: PipelineRunView }) {
  const now = useProjectTime() ?? Date.parse(run.created_at)
  const chosen = run.stages.find(({ stage }) => stage === view.stage) ?? stageToShow(run)
  if (chosen === undefined)
    return (
      <Empty title="No stage was looked at yet">
        {run.status === 'queued'
          ? 'It waits until the run before it is over: one works in a project at a time.'
          : 'The stages appear here as they are decided on.'}
      </Empty>
    )
  return (
    <>
      {run.error === null ? null : <p className="card trouble-card">{run.error}</p>}
      <Gantt run={run} chosen={chosen.stage} now={now} />
      <Figures run={run} />
      <Section title={`Why ${chosen.stage} ${chosen.state === 'skipped' ? 'did not run' : 'ran'}`}>
        <StageFacts stage={chosen} />
      </Section>
      <Section title={`Log of ${chosen.stage}`}>
        <StageLog run={run.id} stage={chosen.stage} />
      </Section>
    </>
  )
}

/** The one that a reader wants: what failed, what runs, else the last that did work. */
function stageToShow({ stages }: Run) {
  return (
    stages.find(({ state }) => state === 'failed') ??
    stages.find(({ state }) => state === 'running') ??
    stages.findLast(({ state }) => state === 'ran') ??
    stages[0]
  )
}

function Figures({ run: { params, metrics } }: { run: Run }) {
  if (params.length + metrics.length === 0) return null
  return (
    <div className="figures">
      <Pairs title="Set before it ran" pairs={params} />
      <Pairs
        title="Metrics"
        pairs={metrics.map(({ path, key, value }) => ({ key: `${path} ${key}`, value }))}
      />
    </div>
  )
}

interface PairsProps {
  readonly title: string
  readonly pairs: readonly { readonly key: string; readonly value: string }[]
}

function Pairs({ title, pairs }: PairsProps) {
  if (pairs.length === 0) return null
  return (
    <Section title={title}>
      <div className="card scroll" role="region" aria-label={title} tabIndex={0}>
        <table className="table">
          <caption className="visually-hidden">{title}</caption>
          <tbody>
            {pairs.map(({ key, value }) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td className="end">
                  <code>{value}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Standing({ run }: { run: Run }) {
  const { status, created_at, cause, caused_by, commit, dirty } = run
  return (
    <>
      <RunChip status={status} /> {status === 'queued' ? 'In line since' : 'Begun'}{' '}
      <Committed at={created_at} />.{' '}
      {cause === null ? null : <Sentence text={cause.endsWith('.') ? cause : `${cause}.`} />}{' '}
      {caused_by === null ? null : <Id id={caused_by} />}
      {commit === null ? null : (
        <>
          {' '}
          At commit{' '}
          <Link to="/why/$id" params={{ id: commit }} title={commit}>
            <code>{commit.slice(0, 8)}</code>
          </Link>
          {dirty === true ? ' with changes that no commit holds' : ''}.
        </>
      )}{' '}
      <Link to="/why/$id" params={{ id: run.id }}>
        Why it ran and what came of it
      </Link>
    </>
  )
}
