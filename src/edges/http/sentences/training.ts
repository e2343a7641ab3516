import type { JsonObject } from '../../../base/json.ts'
import { linkOf } from '../links.ts'
import { type Facts, plain, type Tellers, type Telling } from './facts.ts'

/** From the decision to train again to the version that came of it. */
export const trainingTellers: Tellers = {
  'automation.retraining_decided': decision,
  'pipelines.finished': ended,
  'automation.challenger_unusable': ({ model, reason }) => ({
    sentence: `${model}: what the training wrote cannot be used: ${reason}.`,
    severity: 'warning',
    kind: 'retraining',
    label: 'training unusable',
  }),
  'registry.version_created': ({ model, version, number }) => ({
    sentence: `${model}: ${version} was registered.`,
    link: { page: 'why', id: `${model}/${number('version') ?? ''}`, label: 'why' },
  }),
}

function decision({ event, model, text }: Facts): Partial<Telling> | null {
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

function ended({ model, text, event }: Facts): Partial<Telling> {
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
