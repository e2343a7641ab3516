import type { Event } from '../../../src/edges/http/contract.ts'
import { Mark } from './chip.tsx'
import { Reference } from './reference.tsx'
import { Sentence, withoutModel } from './sentence.tsx'
import { When } from './when.tsx'
import './event-rows.css'

/** Deeper causes stand under each other: the lines would run out of the page. */
const MAX_INDENT = 6

/** What happened, and why: a line a fact, indented under the one that caused it. */
export function EventRows({ events }: { events: readonly Event[] }) {
  return (
    <ol className="card events">
      {events.map((event) => (
        <li key={event.id}>
          <span className="muted small">
            <When at={event.at} as="stamp" />
          </span>
          <Mark severity={event.severity} />
          <span style={{ paddingLeft: Math.min(event.depth, MAX_INDENT) * 22 }}>
            {event.depth === 0 ? null : (
              <span className="muted" aria-label="caused by the line above:">
                ↳{' '}
              </span>
            )}
            {event.model === null || event.depth > 0 ? null : <strong>{event.model}: </strong>}
            <Sentence text={withoutModel(event.sentence, event.model)} />
          </span>
          {event.link === null ? null : (
            <span className="nowrap">
              <Reference link={event.link}>{event.link.label} →</Reference>
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
