import { formatDuration, toDate } from '../base/time.ts'
import type { RetrainPolicy, TriggerKind } from './schema.ts'

export interface RetrainingFacts {
  /** Project time in milliseconds, as all times here. */
  readonly now: number
  readonly trigger: TriggerKind
  readonly paused: boolean
  readonly trainingRuns: boolean
  readonly rolloutRuns: boolean
  /** Starts of earlier retrainings of this model, newest first. */
  readonly startedAt: readonly number[]
}

export interface RetrainingVerdict {
  readonly decision: 'yes' | 'no'
  readonly reason: 'paused' | 'running' | 'rollout' | 'cooldown' | 'budget' | 'go'
  readonly sentence: string
}

/**
 * Whether a trigger leads to a retraining. A person's own wish is held back only by work under way,
 * for two trainings of one model, or a challenger under a challenger, would fight over the same place.
 */
export function decideRetraining(policy: RetrainPolicy, facts: RetrainingFacts): RetrainingVerdict {
  if (facts.trainingRuns) return no('running', 'A retraining is under way already.')
  if (facts.rolloutRuns) return no('rollout', 'A challenger is being rolled out; it decides first.')
  if (facts.trigger === 'manual') return yes('Asked for by a person.')
  if (facts.paused) return no('paused', 'The loop of this model is paused.')
  return heldBack(policy, facts) ?? yes(WHY[facts.trigger])
}

const WHY: Readonly<Record<TriggerKind, string>> = {
  schedule: 'The schedule asks for it.',
  drift: 'The data moved away from what the champion learned.',
  performance: 'The champion is worse than its guard allows.',
  data: 'New data arrived.',
  manual: 'Asked for by a person.',
}

function heldBack(policy: RetrainPolicy, facts: RetrainingFacts): RetrainingVerdict | null {
  const { now, startedAt } = facts
  const last = startedAt[0]
  if (last !== undefined && now - last < policy.cooldown) {
    const until = toDate(last + policy.cooldown)
    const length = formatDuration(policy.cooldown)
    return no(
      'cooldown',
      `The last one started on ${toDate(last)}; cooldown of ${length} until ${until}.`,
    )
  }
  const { budget } = policy
  if (budget === undefined) return null
  const spent = startedAt.filter((at) => now - at < budget.periodMs).length
  return spent < budget.most ? null : no('budget', `The budget of ${budget.text} is spent.`)
}

function yes(sentence: string): RetrainingVerdict {
  return { decision: 'yes', reason: 'go', sentence }
}

function no(reason: RetrainingVerdict['reason'], sentence: string): RetrainingVerdict {
  return { decision: 'no', reason, sentence }
}
