import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ModelList, Status } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { inWords, plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { EventRows } from '../../parts/event-rows.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { LoopTable } from './loop-table.tsx'

const FIRST = 'ratchet init\nratchet repro\nratchet register NAME\nratchet promote NAME'
const PAGE = 40

/** Is every model all right? What changed, and why? */
export function LoopPage() {
  const models = useQuery(queries.models())
  const { data: status } = useQuery(queries.status())
  return (
    <>
      <Crumbs>{status?.project ?? ''}</Crumbs>
      <Loaded isPage query={models} what="the models">
        {(list) =>
          list.items.length === 0 ? (
            <NoModel />
          ) : (
            <>
              <Verdict list={list} status={status} />
              <LoopTable rows={list.items} />
            </>
          )
        }
      </Loaded>
      <Happened />
    </>
  )
}

function NoModel() {
  return (
    <>
      <Heading title="No model yet" tab="Loop">
        A model stands here once it has a version.
      </Heading>
      <Empty title="Close the first loop" command={FIRST}>
        Ratchet versions the data, checks it, trains, evaluates, registers and deploys; then it
        watches, and retrains when the world moves. The model is declared in ratchet.yaml.
      </Empty>
    </>
  )
}

function Verdict({ list, status }: { list: ModelList; status: Status | undefined }) {
  const { items } = list
  const needing = items.filter(({ attention }) => attention).map(({ name }) => name)
  const idle = items.filter(({ champion }) => champion === null).length
  const away = status !== undefined && status.data_plane.state !== 'answering'
  return (
    <Heading title={titleOf(items.length, { needing, idle, away })} tab="Loop">
      {away ? `${status.data_plane.detail ?? 'The inference process does not answer.'} ` : ''}
      {workOf(status)}
      {needing.length === 0 ? (
        away ? null : (
          'Nothing needs you.'
        )
      ) : (
        <>
          Look at{' '}
          {needing.map((name, index) => (
            <span key={name}>
              {index === 0 ? '' : ', '}
              <Link to="/models/$name" params={{ name }}>
                {name}
              </Link>
            </span>
          ))}
          .
        </>
      )}
    </Heading>
  )
}

function titleOf(
  n: number,
  { needing, idle, away }: { needing: readonly string[]; idle: number; away: boolean },
): string {
  if (needing.length === 1) return `${needing[0]} needs you`
  if (needing.length > 1) return `${inWords(needing.length, 'model')} need you`
  if (away) return `${inWords(n, 'model')}, not answering`
  if (idle > 0) return `${inWords(n, 'model')}, ${idle === n ? 'none' : n - idle} answering`
  return n === 1 ? 'One model, answering' : `${inWords(n, 'model')}, all answering`
}

function workOf(status: Status | undefined): string {
  if (status === undefined) return ''
  const { rollouts_running: rollouts, jobs_running: jobs, alerts_firing: alerts } = status.counts
  const said = [
    rollouts > 0 ? `${inWords(rollouts, 'rollout is', 'rollouts are')} gathering evidence.` : null,
    alerts > 0 ? `${inWords(alerts, 'alert is', 'alerts are')} firing.` : null,
    jobs > 0 ? `${inWords(jobs, 'job')} at work.` : null,
  ]
  return said
    .filter((sentence) => sentence !== null)
    .map((sentence) => `${sentence} `)
    .join('')
}

function Happened() {
  const [limit, setLimit] = useState(PAGE)
  const events = useQuery({ ...queries.events(limit), placeholderData: (before) => before })
  return (
    <Section title="What happened, and why" note="Indented lines were caused by the line above.">
      <Loaded query={events} what="the events">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing happened yet">
              Every change is told here with its cause, from the first version of data on.
            </Empty>
          ) : (
            <div>
              <EventRows events={items} />
              {items.length < limit ? null : (
                <p style={{ marginTop: 12 }}>
                  <button
                    type="button"
                    className="button"
                    onClick={() => setLimit(Math.min(1000, limit + 100))}
                  >
                    Earlier: the {plural(limit, 'newest line')} are shown
                  </button>
                </p>
              )}
            </div>
          )
        }
      </Loaded>
    </Section>
  )
}
