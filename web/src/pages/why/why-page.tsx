import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Cause, Why } from '../../../../src/edges/http/contract.ts'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import { plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Reference } from '../../parts/reference.tsx'
import { Id, Sentence, shortId } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import './why-page.css'

/** The causal chain of one thing, as a story: each line was caused by the one below it. */
export function WhyPage() {
  const { id } = useParams({ from: '/why/$id' })
  const query = useQuery(queries.why(id))
  return (
    <>
      <Crumbs>
        <Link to="/why">Why</Link> / {shortId(id)}
      </Crumbs>
      <Loaded isPage query={query} what="the causes">
        {(why) => (
          <>
            <Heading title={why.sentence} tab={`Why ${shortId(id)}`}>
              <code>{id}</code>
            </Heading>
            <Story why={why} key={id} />
            {why.facts.length === 0 ? null : (
              <Section title="What it stands on">
                <Facts facts={why.facts} />
              </Section>
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

/** The first causes are what one asks for; those of years before are there on demand. */
const FIRST = 14

function Story({ why }: { why: Why }) {
  const [all, setAll] = useState(why.chain.length <= FIRST + 3)
  const shown = all ? why.chain : why.chain.slice(0, FIRST)
  return (
    <>
      <ol className="card causes">
        {shown.map((cause) => (
          <CauseRow key={cause.id} cause={cause} asked={cause.id === why.id} />
        ))}
      </ol>
      {all ? null : (
        <p style={{ marginTop: 12 }}>
          <button type="button" className="button" onClick={() => setAll(true)}>
            Further back: {plural(why.chain.length - FIRST, 'cause')}
          </button>
        </p>
      )}
    </>
  )
}

function CauseRow({ cause, asked }: { cause: Cause; asked: boolean }) {
  return (
    <li>
      <span className="muted small">{cause.kind}</span>
      <span>
        <span>
          {asked ? (
            <strong>
              <Sentence text={cause.sentence} linked={false} />
            </strong>
          ) : (
            <Sentence text={cause.sentence} linked={false} />
          )}
        </span>
        <span className="muted small">
          {cause.at === null ? null : (
            <>
              <When at={cause.at} />
              {' · '}
            </>
          )}
          <Id id={cause.id} linked={!asked} />
        </span>
      </span>
      {cause.link === null ? null : (
        <span className="nowrap">
          <Reference link={cause.link}>{cause.link.label} →</Reference>
        </span>
      )}
    </li>
  )
}
