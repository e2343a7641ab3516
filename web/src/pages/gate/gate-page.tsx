import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Gate } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { asSentence } from '../../format/names.ts'
import { count } from '../../format/numbers.ts'
import { day } from '../../format/times.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Id } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { Comparison } from './comparison.tsx'
import { ForestPlot } from './forest-plot.tsx'
import { PairedRows } from './paired-rows.tsx'
import './gate-page.css'

const VERDICT = { passed: 'Passed', failed: 'Refused', inconclusive: 'Undecided' } as const

/** Is the new one better? The verdict, and all that a sceptic asks for. */
export function GatePage() {
  const { id } = useParams({ from: '/gates/$id' })
  const query = useQuery(queries.gate(id))
  return (
    <>
      <Crumbs>
        <Link to="/gates">Gates</Link> /{' '}
      </Crumbs>
      <Loaded isPage query={query} what="the gate">
        {(gate) => <Decision gate={gate} />}
      </Loaded>
    </>
  )
}

function Decision({ gate }: { gate: Gate }) {
  return (
    <>
      <Crumbs>
        <Link to="/models/$name" params={{ name: gate.model }}>
          {gate.model}
        </Link>{' '}
        / v{gate.challenger}
      </Crumbs>
      <Heading
        title={`${VERDICT[gate.verdict]}: ${gate.sentence}`}
        tab={`${gate.model} v${gate.challenger}, gate`}
      >
        <Basis gate={gate} />
      </Heading>
      <ForestPlot gate={gate} />
      <p className="muted note">
        {gate.method === null ? null : asSentence(gate.method)}{' '}
        {gate.rollout_id === null ? null : (
          <Link to="/rollouts/$id" params={{ id: gate.rollout_id }}>
            The rollout that followed →
          </Link>
        )}
      </p>
      {gate.paired === null ? null : (
        <Section title="Row by row" note="On how many rows each version is nearer to the truth.">
          <PairedRows gate={gate} paired={gate.paired} />
        </Section>
      )}
      {gate.comparison.length === 0 ? null : (
        <Section title="Data, code and runs compared" note="What differs stands first.">
          <Comparison gate={gate} />
        </Section>
      )}
    </>
  )
}

function Basis({ gate }: { gate: Gate }) {
  return (
    <>
      Challenger <strong>v{gate.challenger}</strong>{' '}
      {gate.champion === null ? (
        'stands alone, as the first version,'
      ) : (
        <>
          against champion <strong>v{gate.champion}</strong>
        </>
      )}{' '}
      on {count(gate.rows)} matured rows that{' '}
      {gate.champion === null ? 'it was not' : 'neither was'} trained on
      {gate.period === null ? '' : `, ${day(gate.period.from)} to ${day(gate.period.to)}`}. Decided{' '}
      <When at={gate.at} />
      {gate.caused_by === null ? null : (
        <>
          , caused by <Id id={gate.caused_by} />
        </>
      )}
      .
      {gate.rows_needed === null ? null : (
        <>
          {' '}
          Needs about <strong>{count(gate.rows_needed)} more labels</strong>.
        </>
      )}
    </>
  )
}
