import type { JsonObject } from '../../base/json.ts'
import type { Link, Severity, TimelineEvent } from './contract.ts'
import { linkOf } from './links.ts'

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

/** The types that "What happened, and why" is made of. Of these, `tell` still leaves out what went as it should. */
export const TOLD_TYPES: readonly string[] = [
  'alerts.acknowledged',
  'alerts.fired',
  'alerts.resolved',
  'automation.challenger_unusable',
  'automation.retraining_decided',
  'datasets.version_added',
  'deployments.aborted',
  'deployments.endpoint_created',
  'deployments.promoted',
  'deployments.rolled_back',
  'deployments.rollout_paused',
  'deployments.rollout_resumed',
  'deployments.rollout_started',
  'deployments.rollout_stepped',
  'deployments.switched',
  'evaluation.decided',
  'monitoring.checked',
  'pipelines.finished',
  'registry.version_created',
  'system.control_plane_restarted',
  'validation.checked',
]

/** Those that decide something about a model: the last one stands beside its name. */
export const DECISION_TYPES = TOLD_TYPES.filter((type) =>
  /^(automation|evaluation|deployments|validation|pipelines)\./.test(type),
)

const WITHOUT_LANE: readonly string[] = [
  'alerts.acknowledged',
  'alerts.resolved',
  'datasets.version_added',
  'deployments.rollout_paused',
  'deployments.rollout_resumed',
  'deployments.rollout_stepped',
  'monitoring.checked',
  'registry.version_created',
]

/** Of these, those that have a lane on the timeline: what it need not read of a long history. */
export const TIMELINE_TYPES = TOLD_TYPES.filter((type) => !WITHOUT_LANE.includes(type))

type Teller = (facts: Facts) => Partial<Telling> | null

/** The sentence of an event for people, or null when it is not worth telling. Pure. */
export function tell(event: Happening): Telling | null {
  const teller = TELLERS[event.type]
  const told = teller?.(readFacts(event)) ?? null
  if (told === null) return null
  const sentence = told.sentence ?? event.type
  return {
    severity: 'info',
    kind: null,
    label: sentence,
    link: linkOf(event.id, 'why'),
    ...told,
    sentence,
  }
}

/** What is not worth telling is still an event: for programs, which ask for all of them. */
export function tellPlainly(event: Happening): Telling {
  const sentence = `${event.subject}: ${event.type.replace('.', ' ').replaceAll('_', ' ')}`
  const plain = { severity: 'info' as const, link: linkOf(event.id, 'why'), kind: null }
  return tell(event) ?? { ...plain, sentence, label: sentence }
}

interface Facts {
  readonly event: Happening
  readonly model: string
  readonly version: string
  readonly reason: string
  readonly text: (key: string) => string | null
  readonly number: (key: string) => number | null
}

function readFacts(event: Happening): Facts {
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

const TELLERS: Readonly<Record<string, Teller>> = {
  'alerts.fired': (facts) => ({ ...alert(facts, 'alert'), severity: 'warning', kind: 'alert' }),
  // What it was about is over, so the alert's summary would say what is no longer true.
  'alerts.resolved': (facts) => ({
    ...alert(facts, ''),
    sentence: `${facts.model}: the alert is over (${facts.text('rule') ?? 'alert'}).`,
    severity: 'good',
  }),
  'alerts.acknowledged': (facts) => alert(facts, 'the alert was seen by a person'),
  'automation.challenger_unusable': ({ model, reason }) => ({
    sentence: `${model}: what the training wrote cannot be used: ${reason}.`,
    severity: 'warning',
    kind: 'retraining',
    label: 'training unusable',
  }),
  'automation.retraining_decided': retraining,
  'datasets.version_added': ({ text }) => ({
    sentence: `${text('dataset') ?? 'data'}: a new version of the data, ${(text('md5') ?? '').slice(0, 8)}.`,
  }),
  'deployments.aborted': (facts) => ({
    ...rollout(
      facts,
      `${facts.model}: ${facts.version} was stopped at ${step(facts)}: ${facts.reason}.`,
    ),
    severity: 'warning',
    kind: 'rolled_back',
    label: `v${facts.number('version') ?? '?'} stopped`,
  }),
  'deployments.endpoint_created': (facts) => ({
    sentence: `${facts.model}: ${facts.version} is the first to answer.`,
    severity: 'good',
    kind: 'promoted',
    label: `v${facts.number('version') ?? '?'} answers`,
  }),
  'deployments.promoted': (facts) => ({
    ...rollout(facts, `${facts.model}: ${facts.version} became the champion: ${facts.reason}.`),
    severity: 'good',
    kind: 'promoted',
    label: `v${facts.number('version') ?? '?'} promoted`,
  }),
  'deployments.rolled_back': (facts) => ({
    ...rollout(
      facts,
      `${facts.model}: version ${facts.number('previous') ?? '?'} was rolled back; ${facts.version} answers again: ${facts.reason}.`,
    ),
    severity: 'warning',
    kind: 'rolled_back',
    label: `back to v${facts.number('version') ?? '?'}`,
  }),
  'deployments.rollout_paused': (facts) =>
    rollout(facts, `${facts.model}: the rollout of ${facts.version} is paused: ${facts.reason}.`),
  'deployments.rollout_resumed': (facts) =>
    rollout(facts, `${facts.model}: the rollout of ${facts.version} goes on: ${facts.reason}.`),
  'deployments.rollout_started': (facts) => ({
    ...rollout(
      facts,
      `${facts.model}: ${facts.version} is being rolled out, first ${step(facts)}.`,
    ),
    kind: 'rollout',
    label: `v${facts.number('version') ?? '?'} rolled out`,
  }),
  'deployments.rollout_stepped': (facts) =>
    rollout(facts, `${facts.model}: ${facts.version} moved on to ${step(facts)}.`),
  'deployments.switched': (facts) => ({
    sentence: `${facts.model}: ${facts.version} answers now: ${facts.reason}.`,
    kind: 'promoted',
    label: `v${facts.number('version') ?? '?'} answers`,
  }),
  'evaluation.decided': gate,
  'monitoring.checked': check,
  'pipelines.finished': training,
  'registry.version_created': ({ model, version, number }) => ({
    sentence: `${model}: ${version} was registered.`,
    link: { page: 'why', id: `${model}/${number('version') ?? ''}`, label: 'why' },
  }),
  'system.control_plane_restarted': () => ({
    sentence: 'The control plane was started again; what it had begun goes on.',
    kind: 'control_plane_restarted',
    label: 'restarted',
  }),
  'validation.checked': delivery,
}

function alert({ model, text, event }: Facts, what: string): Partial<Telling> {
  const id = text('alert_id') ?? event.subject.replace('alert:', '')
  const rule = text('rule') ?? 'alert'
  return {
    sentence: `${model}: ${what} (${rule}): ${plain(text('summary'))}.`,
    label: rule,
    link: linkOf(id, 'alert'),
  }
}

function retraining({ event, model, text }: Facts): Partial<Telling> | null {
  const link = linkOf(text('decision_id') ?? event.id, 'why')
  const sentence = plain(text('sentence'))
  if (text('decision') === 'yes')
    return {
      sentence: `${model}: it is trained again. ${sentence}.`,
      link,
      kind: 'retraining',
      label: 'retraining',
    }
  // What waits for its cooldown, or for work under way, says so at each look: once would be too often.
  return text('reason') === 'budget'
    ? { sentence: `${model}: it is not trained again. ${sentence}.`, link }
    : null
}

function rollout({ text, event }: Facts, sentence: string): Partial<Telling> {
  return { sentence, label: sentence, link: linkOf(text('rollout_id') ?? event.id) }
}

function step({ text }: Facts): string {
  return text('step') ?? 'its step'
}

function gate({ event, model, text, number }: Facts): Partial<Telling> {
  const challenger = number('challenger') ?? '?'
  const champion = number('champion')
  const against = champion === null ? '' : ` against version ${champion}`
  const said = text('sentence')
  // The gate's own sentence begins with the version, which has just been named.
  const tail = said === null ? '.' : `: ${plain(said).replace(/^v\d+ /, 'it ')}.`
  const link = linkOf(text('gate_id') ?? event.id, 'evidence')
  switch (text('verdict')) {
    case 'passed':
      return {
        sentence: `${model}: version ${challenger} passed its gate${against}${tail}`,
        severity: 'good',
        kind: 'gate_passed',
        label: `v${challenger} passed`,
        link,
      }
    case 'failed':
      return {
        sentence: `${model}: version ${challenger} was refused${against}${tail}`,
        severity: 'warning',
        kind: 'gate_refused',
        label: `v${challenger} refused`,
        link,
      }
    default:
      return {
        sentence: `${model}: too little is known to let version ${challenger} answer${tail}`,
        severity: 'warning',
        kind: 'gate_refused',
        label: `v${challenger} undecided`,
        link,
      }
  }
}

function check({ event, model, text, number }: Facts): Partial<Telling> | null {
  const link = linkOf(text('report_id') ?? event.id, 'evidence')
  if (text('quality') === 'degraded') {
    const [value, limit] = [number('estimate'), number('limit')]
    const word = text('metric') === 'accuracy' ? 'below' : 'above'
    const sentence =
      value === null || limit === null
        ? `${model}: quality is worse than its guard allows.`
        : `${model}: ${metricName(text('metric'))} ${figure(value)}, ${word} its guard of ${figure(limit)}.`
    return { sentence, severity: 'warning', link }
  }
  if (text('drift') !== 'drifted') return null
  const drifted = event.data.drifted
  const names =
    Array.isArray(drifted) && drifted.length > 0 ? drifted.map(String).join(', ') : 'data'
  return {
    sentence: `${model}: ${names} drifted from what the champion learned.`,
    severity: 'warning',
    link,
  }
}

function training({ model, text, event }: Facts): Partial<Telling> {
  const link = linkOf(text('run_id') ?? event.id, 'run')
  if (text('status') === 'succeeded') return { sentence: `${model}: the training has ended.`, link }
  if (text('status') === 'cancelled')
    return { sentence: `${model}: the training was cancelled.`, link, label: 'training cancelled' }
  const error = event.data.error as JsonObject | null | undefined
  const detail = typeof error?.detail === 'string' ? `: ${plain(error.detail)}` : ''
  return {
    sentence: `${model}: the training failed${detail}.`,
    severity: 'bad',
    kind: 'retraining',
    label: 'training failed',
    link,
  }
}

function delivery({ event, text, number }: Facts): Partial<Telling> | null {
  if (text('verdict') !== 'failed') return null
  const failures = number('failures') ?? 1
  const file = (text('file') ?? 'a file').split('/').at(-1) ?? ''
  return {
    sentence: `${text('dataset') ?? 'data'}: ${file} was refused, it fails ${failures} ${failures === 1 ? 'check' : 'checks'} of its contract.`,
    severity: 'warning',
    kind: 'data_refused',
    label: 'delivery refused',
    link: linkOf(text('report_id') ?? event.id, 'why'),
  }
}

function plain(text: string | null): string {
  return (text ?? 'no reason given').trim().replace(/\.$/, '')
}

function metricName(metric: string | null): string {
  return metric === null || metric === 'mae' ? 'error' : metric
}

/** Four digits are more than anyone reads. */
function figure(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)))
}
