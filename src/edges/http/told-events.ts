import { toIso } from '../../base/time.ts'
import type { RatchetEvent } from '../../events/index.ts'
import type { Event } from './contract.ts'
import type { ApiDeps, ApiProject } from './deps.ts'
import { tell, tellPlainly, TOLD_TYPES } from './sentences.ts'
import type { Telling } from './sentences/facts.ts'

export interface ToldEvent {
  readonly event: RatchetEvent
  readonly telling: Telling
  readonly model: string | null
}

export interface ToldFilter {
  readonly before?: number | undefined
  /** A whole subject, or its kind: `model:`. */
  readonly subject?: string | undefined
  readonly model?: string | undefined
  /** Of TOLD_TYPES, all unless given. */
  readonly types?: readonly string[] | undefined
  readonly limit: number
}

type EventDeps = Pick<ApiDeps, 'database' | 'events' | 'project'>

/** What is worth telling, newest first. What went as it should is left out, so it reads on until it has enough. */
export async function toldEvents(
  deps: EventDeps,
  filter: ToldFilter,
): Promise<readonly ToldEvent[]> {
  const project = deps.project()
  const found: ToldEvent[] = []
  const causes = new Set<string | null>()
  let before = filter.before
  for (;;) {
    const page = await deps.events.list(deps.database.query, {
      types: filter.types ?? TOLD_TYPES,
      newestFirst: true,
      limit: PAGE,
      before,
    })
    for (const event of page) {
      const telling = isRepeated(event, causes) ? null : tell(event)
      if (telling === null) continue
      causes.add(event.causedBy)
      const model = modelOf(event, project)
      if (!matches(event, filter.subject) || !concerns(model, filter.model)) continue
      found.push({ event, telling, model })
      if (found.length === filter.limit) return found
    }
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) return found
    before = last.seq
  }
}

const PAGE = 1000

/** A check that finds the same trouble again led to nothing: the one that did is told. What it led to is newer, so it was met before. */
function isRepeated({ type, id, data }: RatchetEvent, causes: ReadonlySet<string | null>): boolean {
  if (type !== 'monitoring.checked' || causes.has(id)) return false
  return !(typeof data.report_id === 'string' && causes.has(data.report_id))
}

/** What is about the project is about each of its models. */
function concerns(model: string | null, asked: string | undefined): boolean {
  return asked === undefined || model === null || model === asked
}

export function matches(
  event: Pick<RatchetEvent, 'subject'>,
  subject: string | undefined,
): boolean {
  if (subject === undefined) return true
  return subject.endsWith(':') ? event.subject.startsWith(subject) : event.subject === subject
}

/** The model that an event is about; null where it is about the project or none that is known. */
export function modelOf(event: RatchetEvent, project: ApiProject): string | null {
  if (typeof event.data.model === 'string') return event.data.model
  const [kind, rest = ''] = splitOnce(event.subject)
  if (kind === 'model') return rest
  if (kind === 'version') return rest.split('/')[0] ?? null
  return kind === 'dataset' ? modelOfDataset(rest, project) : null
}

function splitOnce(subject: string): readonly [string, string?] {
  const colon = subject.indexOf(':')
  return colon < 0 ? [subject] : [subject.slice(0, colon), subject.slice(colon + 1)]
}

/** By its name or the folder that training reads; the only model with a contract owns what has no name of its own. */
export function modelOfDataset(dataset: string, { models }: ApiProject): string | null {
  const entries = Object.entries(models)
  const owner = entries.find(
    ([name, { train, data }]) =>
      name === dataset || train?.data === dataset || data?.contract === dataset,
  )
  if (owner !== undefined) return owner[0]
  const checked = entries.filter(([, { data }]) => data !== undefined)
  return checked.length === 1 ? (checked[0]?.[0] ?? null) : null
}

export function toEvent(event: RatchetEvent, project: ApiProject, depth = 0): Event {
  const { sentence, severity, link } = tellPlainly(event)
  const { id, seq, at, type, subject, causedBy } = event
  return {
    id,
    seq,
    at: toIso(at),
    type,
    subject,
    model: modelOf(event, project),
    sentence,
    severity,
    depth,
    caused_by: causedBy,
    link,
  }
}
