import { linkOf } from '../links.ts'
import { type Facts, short, type Tellers, type Telling } from './facts.ts'

/** Which version answers, and how it came to that. */
export const deploymentTellers: Tellers = {
  'deployments.aborted': (facts) => ({
    ...rollout(
      facts,
      `${facts.model}: ${facts.version} was stopped at ${step(facts)}: ${facts.reason}.`,
    ),
    severity: 'warning',
    kind: 'rolled_back',
    label: `${short(facts.number('version'))} stopped`,
  }),
  'deployments.endpoint_created': (facts) => ({
    sentence: `${facts.model}: ${facts.version} is the first to answer.`,
    severity: 'good',
    kind: 'promoted',
    label: `${short(facts.number('version'))} answers`,
  }),
  'deployments.promoted': (facts) => ({
    ...rollout(facts, `${facts.model}: ${facts.version} became the champion: ${facts.reason}.`),
    severity: 'good',
    kind: 'promoted',
    label: `${short(facts.number('version'))} promoted`,
  }),
  'deployments.rolled_back': (facts) => ({
    ...rollout(
      facts,
      `${facts.model}: version ${facts.number('previous') ?? '?'} was rolled back; ${facts.version} answers again: ${facts.reason}.`,
    ),
    severity: 'warning',
    kind: 'rolled_back',
    label: `back to ${short(facts.number('version'))}`,
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
    label: `${short(facts.number('version'))} rolled out`,
  }),
  'deployments.rollout_stepped': (facts) =>
    rollout(facts, `${facts.model}: ${facts.version} moved on to ${step(facts)}.`),
  'deployments.switched': (facts) => ({
    sentence: `${facts.model}: ${facts.version} answers now: ${facts.reason}.`,
    kind: 'promoted',
    label: `${short(facts.number('version'))} answers`,
  }),
}

function rollout({ text, event }: Facts, sentence: string): Partial<Telling> {
  return { sentence, label: sentence, link: linkOf(text('rollout_id') ?? event.id) }
}

function step({ text }: Facts): string {
  return text('step') ?? 'its step'
}
