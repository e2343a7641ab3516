import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { Trace } from '../../../../src/edges/http/contract.ts'
import { traceQueries } from '../../api/trace-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { shortRunId } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { spent } from '../pipelines/spent.ts'
import { shortTrace } from './short-trace.ts'
import { StepFacts } from './step-facts.tsx'
import { TraceChip } from './trace-chip.tsx'
import type { TraceView } from './view.ts'
import { Waterfall } from './waterfall.tsx'
import './traces.css'

const MOVING_MS = 1500

/** One request, step by step: when each began, how long it took, what it was given and gave. */
export function TracePage() {
  const { id }: { id: string } = useParams({ from: '/traces/$id' })
  const query = useQuery({
    ...traceQueries.trace(id),
    refetchInterval: ({ state }) => (state.data?.state === 'IN_PROGRESS' ? MOVING_MS : false),
  })
  return (
    <>
      <Crumbs>
        <Link to="/traces" search={{}}>
          Traces
        </Link>{' '}
        / {shortTrace(id)}
      </Crumbs>
      <Loaded isPage query={query} what="the trace">
        {(trace) => (
          <>
            <Heading title={titleOf(trace)} tab={trace.name ?? 'Trace'}>
              <Standing trace={trace} />
            </Heading>
            <Steps trace={trace} />
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf({ name, state, duration_ms: ms, spans }: Trace): string {
  const what = name ?? 'A request'
  if (state === 'IN_PROGRESS' || ms === null) return `${what} is still running`
  const failed = spans.findLast(({ status }) => status === 'ERROR')
  if (state === 'ERROR')
    return failed === undefined ? `${what} failed` : `${what} failed in ${failed.name}`
  return `${what} took ${spent(ms)} in ${plural(spans.length, 'step')}`
}

function Standing({
  trace: { state, at, run_id: run, experiment_id: experiment },
}: {
  trace: Trace
}) {
  return (
    <>
      <TraceChip state={state} /> Began <When at={at} />.{' '}
      {run === null ? null : (
        <>
          Within the{' '}
          <Link to="/runs/$id" params={{ id: run }} search={{}}>
            run {shortRunId(run)}
          </Link>
          .{' '}
        </>
      )}
      <Link to="/traces" search={{ experiment }}>
        Others of its experiment →
      </Link>
    </>
  )
}

function Steps({ trace }: { trace: Trace }) {
  const view: TraceView = useSearch({ from: '/traces/$id' })
  const { spans } = trace
  const chosen =
    spans.find(({ id }) => id === view.span) ??
    spans.findLast(({ status }) => status === 'ERROR') ??
    spans[0]
  if (chosen === undefined)
    return (
      <Empty title="Its steps have not come">
        The program that traced it sends them when it ends, or keeps them itself.
      </Empty>
    )
  return (
    <>
      <Waterfall spans={spans} chosen={chosen.id} />
      <Section title={chosen.name}>
        <StepFacts span={chosen} />
      </Section>
    </>
  )
}
