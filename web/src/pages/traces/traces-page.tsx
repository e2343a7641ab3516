import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue } from 'react'
import type { TraceInfo, TraceList } from '../../../../src/edges/http/contract.ts'
import { traceQueries } from '../../api/trace-queries.ts'
import { inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Heading } from '../../parts/heading.tsx'
import { shortRunId } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { spent } from '../pipelines/spent.ts'
import { shortTrace } from './short-trace.ts'
import { TraceChip } from './trace-chip.tsx'
import { TRACE_STATES, type TracesView, tracesView } from './view.ts'
import './traces.css'

const COLUMNS: readonly Column<TraceInfo>[] = [
  {
    id: 'name',
    header: 'Trace',
    sortBy: ({ name }) => name ?? '',
    cell: ({ id, name }) => (
      <Link to="/traces/$id" params={{ id }} search={{}} title={id} className="nowrap">
        {name ?? shortTrace(id)}
      </Link>
    ),
  },
  { id: 'at', header: 'Began', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <TraceChip state={state} />,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'end',
    sortBy: ({ duration_ms }) => duration_ms ?? -1,
    cell: ({ duration_ms: ms }) => <span className="nowrap">{ms === null ? '–' : spent(ms)}</span>,
  },
  {
    id: 'request',
    header: 'Asked',
    cell: ({ request }) => <span className="clip preview">{request ?? ''}</span>,
  },
  {
    id: 'response',
    header: 'Answered',
    cell: ({ response }) => <span className="clip preview">{response ?? ''}</span>,
  },
  {
    id: 'run',
    header: 'Run',
    cell: ({ run_id: id }) =>
      id === null ? (
        '–'
      ) : (
        <Link to="/runs/$id" params={{ id }} search={{}} title={id}>
          {shortRunId(id)}
        </Link>
      ),
  },
]

/** Single requests that programs traced, the newest first. */
export function TracesPage() {
  const view: TracesView = useSearch({ from: '/traces' })
  const text = useDeferredValue(view.find)
  const query = useQuery({
    ...traceQueries.traces({ text, state: view.state, experiment: view.experiment, run: view.run }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY_MS,
  })
  return (
    <>
      <Crumbs>Traces</Crumbs>
      <Loaded isPage query={query} what="the traces">
        {(list) => (
          <>
            <Heading title={titleOf(list, view)} tab="Traces">
              {list.items.length === 0
                ? 'A trace is one request of a program, step by step.'
                : 'The newest first; search looks into what each step was given and gave.'}
            </Heading>
            {list.items.length === 0 && !isNarrowed(view) ? (
              <NoTraces />
            ) : (
              <>
                <Tools view={view} />
                <DataTable
                  label="Traces"
                  rows={list.items}
                  columns={COLUMNS}
                  rowId={({ id }) => id}
                />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

const LOOK_EVERY_MS = 5000

function isNarrowed(view: TracesView): boolean {
  return Object.keys(view).length > 0
}

function titleOf({ items, next_page_token: more }: TraceList, view: TracesView): string {
  if (items.length === 0) return isNarrowed(view) ? 'No trace matches' : 'No trace yet'
  const failed = items.filter(({ state }) => state === 'ERROR').length
  const many = more === null ? inWords(items.length, 'trace') : `The newest ${items.length} traces`
  return failed === 0 ? `${many}, none failed` : `${many}, ${failed} failed`
}

const STATE_WORDS = { OK: 'went well', ERROR: 'failed', IN_PROGRESS: 'still running' } as const

function Tools({ view }: { view: TracesView }) {
  const navigate = useNavigate({ from: '/traces' })
  const change = (next: Partial<Record<keyof TracesView, unknown>>) =>
    void navigate({
      search: (before: TracesView) => tracesView({ ...before, ...next }),
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="traces-tools">
      <input
        type="search"
        className="input find"
        data-search
        aria-label="Search the traces"
        placeholder="Search the traces"
        value={view.find ?? ''}
        onChange={(event) => change({ find: event.currentTarget.value })}
      />
      <label>
        <span className="visually-hidden">State</span>
        <select
          className="button"
          value={view.state ?? ''}
          onChange={(event) => change({ state: event.currentTarget.value })}
        >
          <option value="">any state</option>
          {TRACE_STATES.map((state) => (
            <option key={state} value={state}>
              {STATE_WORDS[state]}
            </option>
          ))}
        </select>
      </label>
      {view.experiment === undefined ? null : (
        <button type="button" className="bare" onClick={() => change({ experiment: undefined })}>
          of experiment {view.experiment} ✕
        </button>
      )}
      {view.run === undefined ? null : (
        <button type="button" className="bare" onClick={() => change({ run: undefined })}>
          of run {shortRunId(view.run)} ✕
        </button>
      )}
    </div>
  )
}

function NoTraces() {
  return (
    <Empty
      title="What is a trace?"
      command={`export MLFLOW_TRACKING_URI=${location.origin}\npython -c "import mlflow; mlflow.trace(lambda question: question.upper(), name='answer')('why?')"`}
    >
      What a program was asked, what it answered, and every step between, with times. Functions
      under <code>@mlflow.trace</code>, <code>autolog</code> of language models and anything that
      speaks OpenTelemetry to <code>/v1/traces</code> leave them.
    </Empty>
  )
}
