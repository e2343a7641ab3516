import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Rollout } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { asSentence } from '../../format/names.ts'
import { count } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading } from '../../parts/heading.tsx'
import { RolloutChip } from '../../parts/rollout-chip.tsx'
import { Id, Sentence } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { EvidenceCard } from './evidence-card.tsx'
import { GuardsCard } from './guards-card.tsx'
import { RolloutButtons } from './rollout-buttons.tsx'
import { StepsTrack } from './steps-track.tsx'
import './rollout-page.css'

/** Why is it where it is, and what moves it on? */
export function RolloutPage() {
  const { id } = useParams({ from: '/rollouts/$id' })
  const query = useQuery(queries.rollout(id))
  return (
    <>
      <Crumbs>
        <Link to="/rollouts">Rollouts</Link> /{' '}
      </Crumbs>
      <Loaded isPage query={query} what="the rollout">
        {(rollout) => (
          <>
            <Crumbs>
              <Link to="/models/$name" params={{ name: rollout.model }}>
                {rollout.model}
              </Link>{' '}
              / v{rollout.version}
            </Crumbs>
            <Heading
              title={rollout.sentence}
              tab={`${rollout.model} v${rollout.version}, rollout`}
              actions={<RolloutButtons rollout={rollout} />}
            >
              <Standing rollout={rollout} />
            </Heading>
            <StepsTrack rollout={rollout} />
            <div className="halves">
              <EvidenceCard rollout={rollout} />
              <GuardsCard rollout={rollout} />
            </div>
          </>
        )}
      </Loaded>
    </>
  )
}

function Standing({ rollout }: { rollout: Rollout }) {
  const needed = rollout.evidence?.labels_needed ?? null
  return (
    <>
      <RolloutChip state={rollout.state} /> Endpoint {rollout.endpoint}, started{' '}
      <When at={rollout.started_at} />
      {rollout.gate_id === null ? null : (
        <>
          {' '}
          by the{' '}
          <Link to="/gates/$id" params={{ id: rollout.gate_id }}>
            gate of v{rollout.version}
          </Link>
        </>
      )}
      {rollout.gate_id === null && rollout.caused_by !== null ? (
        <>
          {' '}
          by <Id id={rollout.caused_by} />
        </>
      ) : null}
      {rollout.ended_at === null ? null : (
        <>
          , ended <When at={rollout.ended_at} />
        </>
      )}
      .{' '}
      {rollout.sentence.includes(rollout.reason) ? null : (
        <Sentence text={asSentence(rollout.reason)} />
      )}
      {needed === null || rollout.ended_at !== null ? null : (
        <>
          {' '}
          About <strong>{count(needed)} more labels</strong> decide it.
        </>
      )}
    </>
  )
}
