import { DAY_MS, formatDuration, toDate, toIso } from '../../base/time.ts'
import { judgeGuards } from './guards.ts'
import { formatStep } from './policy.ts'
import {
  currentStep,
  type GuardResult,
  type Rollout,
  type RolloutEvidence,
  type StepDecision,
} from './schema.ts'

/**
 * What happens to a rollout now. Pure: the same facts give the same answer.
 * A guard that fails aborts, also while a person has paused it. A step is left when its time is over and every guard has
 * passed; where there is too little to say so, the policy decides (`on_little_evidence`), and holding says what is missing.
 */
export function decideStep(rollout: Rollout, evidence: RolloutEvidence, now: number): StepDecision {
  const guards = judgeGuards(rollout, evidence, now)
  const failed = guards.find(({ verdict }) => verdict === 'failed')
  if (failed !== undefined)
    return { kind: 'abort', check: failed.guard, guards, reason: failed.sentence }
  if (rollout.state === 'paused')
    // The person's own words stay its reason.
    return hold(guards, rollout.reason, { untilMs: null, observations: null })
  if (isLast(rollout, rollout.step) && stepEnds(rollout) === null)
    return { kind: 'promote', guards, reason: 'All steps are done and no guard failed' }
  return decideTime(rollout, { guards, evidence, now })
}

interface Facts {
  readonly guards: readonly GuardResult[]
  readonly evidence: RolloutEvidence
  readonly now: number
}

function decideTime(rollout: Rollout, facts: Facts): StepDecision {
  const { guards, now } = facts
  const endsAt = stepEnds(rollout)
  if (endsAt !== null && now < endsAt) {
    const reason = `${formatStep(currentStep(rollout))} lasts until ${formatMoment(endsAt)}; no guard fails`
    return hold(guards, reason, { untilMs: endsAt, observations: null })
  }
  const unasked = lackingRequests(rollout, facts)
  if (unasked !== null) return wait(guards, unasked)
  const lacking = lackingEvidence(guards)
  if (lacking === null) return leave(rollout, guards, 'every guard passed')
  // A step without a time of its own is over when its evidence is there, so evidence is all it can wait for.
  if (endsAt !== null && rollout.policy.on_little_evidence === 'advance')
    return leave(
      rollout,
      guards,
      `no guard failed in ${formatDuration(now - rollout.stepStartedAt)}`,
    )
  return wait(guards, lacking)
}

interface Lacking {
  readonly reason: string
  readonly observations: number | null
}

/** A version that nobody has asked anything has shown nothing, whatever the policy says of little evidence. */
function lackingRequests({ policy }: Rollout, { evidence }: Facts): Lacking | null {
  const wanted = Math.max(1, policy.min_requests)
  const { requests } = evidence.challenger
  if (requests >= wanted) return null
  const reason = `The challenger has been asked ${requests} of ${wanted} times`
  return { reason, observations: wanted - requests }
}

function lackingEvidence(guards: readonly GuardResult[]): Lacking | null {
  const open = guards.filter(({ verdict }) => verdict === 'inconclusive')
  if (open.length === 0) return null
  const needs = open.map((guard) => guard.needs).filter((count) => count !== null)
  const observations = needs.length === 0 ? null : Math.max(...needs)
  const more = observations === null ? '' : `; needs about ${observations} more`
  const names = open.map(({ guard }) => guard).join(', ')
  return { reason: `Too little to judge ${names}${more}`, observations }
}

function wait(guards: readonly GuardResult[], { reason, observations }: Lacking): StepDecision {
  return hold(guards, reason, { untilMs: null, observations })
}

function leave(rollout: Rollout, guards: readonly GuardResult[], why: string): StepDecision {
  const done = formatStep(currentStep(rollout))
  const next = rollout.step + 1
  const step = rollout.policy.steps[next]
  if (step === undefined || (isLast(rollout, next) && step.durationMs === null))
    return { kind: 'promote', guards, reason: `${done} is over: ${why}` }
  return { kind: 'advance', guards, reason: `${done} is over: ${why}; now ${formatStep(step)}` }
}

function hold(
  guards: readonly GuardResult[],
  reason: string,
  needs: { readonly untilMs: number | null; readonly observations: number | null },
): StepDecision {
  return { kind: 'hold', guards, reason, needs }
}

function isLast(rollout: Rollout, step: number): boolean {
  return step === rollout.policy.steps.length - 1
}

function stepEnds(rollout: Rollout): number | null {
  const { durationMs } = currentStep(rollout)
  return durationMs === null ? null : rollout.stepStartedAt + durationMs
}

function formatMoment(ms: number): string {
  return ms % DAY_MS === 0 ? toDate(ms) : toIso(ms)
}
