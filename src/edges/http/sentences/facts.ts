import type { JsonObject } from '../../../base/json.ts'
import type { Link, Severity, TimelineEvent } from '../contract.ts'

/** What tells an event: its type and its data. */
export interface Happening {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly data: JsonObject
}

export interface Telling {
  readonly sentence: string
  readonly severity: Severity
  /** Where the evidence is. */
  readonly link: Link | null
  /** The lane of the timeline that it stands in; null where it has no place there. */
  readonly kind: TimelineEvent['kind'] | null
  /** A few words for that lane. */
  readonly label: string
}

/** What an event says, as its sentence needs it: data may lack anything, for it may be of an older version. */
export interface Facts {
  readonly event: Happening
  readonly model: string
  readonly version: string
  readonly reason: string
  readonly text: (key: string) => string | null
  readonly number: (key: string) => number | null
}

/** What is particular about the telling of one type of event; null where it went as it should. */
export type Teller = (facts: Facts) => Partial<Telling> | null
export type Tellers = Readonly<Record<string, Teller>>

export function readFacts(event: Happening): Facts {
  const text = (key: string): string | null => {
    const value = event.data[key]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const number = (key: string): number | null => {
    const value = event.data[key]
    return typeof value === 'number' ? value : null
  }
  return {
    event,
    text,
    number,
    model: text('model') ?? event.subject.replace(/^\w+:/, ''),
    version: `version ${number('version') ?? '?'}`,
    reason: plain(text('reason')),
  }
}

/** Without the full stop that the sentence around it sets. */
export function plain(text: string | null): string {
  return (text ?? 'no reason given').trim().replace(/\.$/, '')
}

/** `v4`, for a lane of the timeline. */
export function short(version: number | null): string {
  return `v${version ?? '?'}`
}
