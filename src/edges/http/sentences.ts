import { linkOf } from './links.ts'
import { alertTellers } from './sentences/alerts.ts'
import { dataTellers } from './sentences/data.ts'
import { deploymentTellers } from './sentences/deployments.ts'
import { evaluationTellers } from './sentences/evaluation.ts'
import { type Happening, readFacts, type Tellers, type Telling } from './sentences/facts.ts'
import { monitoringTellers } from './sentences/monitoring.ts'
import { trainingTellers } from './sentences/training.ts'

const TELLERS: Tellers = {
  ...alertTellers,
  ...dataTellers,
  ...deploymentTellers,
  ...evaluationTellers,
  ...monitoringTellers,
  ...trainingTellers,
  'system.control_plane_restarted': () => ({
    sentence: 'The control plane was started again; what it had begun goes on.',
    kind: 'control_plane_restarted',
    label: 'restarted',
  }),
}

/** The types that "What happened, and why" is made of. Of these, `tell` still leaves out what went as it should. */
export const TOLD_TYPES: readonly string[] = Object.keys(TELLERS).toSorted()

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
