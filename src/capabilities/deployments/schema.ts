import type { DeployPolicy, Step } from './policy.ts'

export type RolloutId = `rol_${string}`

export type RolloutState = 'running' | 'paused' | 'promoted' | 'aborted' | 'rolled_back'

export interface Endpoint {
  readonly endpoint: string
  readonly model: string
  readonly champion: number
  /** Earlier champions, the newest last: what a rollback goes back to. */
  readonly history: readonly number[]
  readonly salt: string
  readonly epoch: number
}

export interface Rollout {
  readonly id: RolloutId
  readonly endpoint: string
  readonly model: string
  /** The challenger. */
  readonly version: number
  /** The champion when it began. */
  readonly champion: number
  readonly state: RolloutState
  readonly policy: DeployPolicy
  readonly step: number
  readonly stepStartedAt: number
  readonly startedAt: number
  readonly endedAt: number | null
  /** The steps that were begun, the present one last. */
  readonly track: readonly StepRecord[]
  /** Why it is where it is, in one sentence. */
  readonly reason: string
  readonly guards: readonly GuardResult[]
  readonly points: readonly SequencePoint[]
  /** What was counted at the last look; null before the first. */
  readonly evidence: EvidenceSummary | null
  readonly causedBy: string | null
  /** Rises with every change, so that a decision on an older state is dropped. */
  readonly revision: number
}

export interface StepRecord {
  readonly from: number
  readonly to: number | null
  /** Why it ended. */
  readonly note: string | null
}

/** What is known of one arm since the present step began. */
export interface ArmEvidence {
  readonly requests: number
  /** Challenger: failed or timed out where the champion did answer. Champion: failed. */
  readonly errors: number
  /** Durations of answers in milliseconds, the newest 5,000 at most. */
  readonly latenciesMs: readonly number[]
}

/** A mean of per-row losses, by its sufficient statistics. */
export interface MeanEvidence {
  readonly n: number
  readonly mean: number
  /** Sample variance (n - 1). */
  readonly variance: number
}

/** The facts that a step is decided on: counted by whoever holds the prediction log. */
export interface RolloutEvidence {
  readonly champion: ArmEvidence
  readonly challenger: ArmEvidence
  /** Failures of the challenger in a row, the newest request included. */
  readonly errorsInARow: number
  /** Canary: distinct sticky keys since the step began, and those sent to the challenger. */
  readonly split: { readonly units: number; readonly challenger: number } | null
  /** Shadow pairs since the rollout began, and those whose answers differ by more than the tolerance. */
  readonly disagreement: { readonly pairs: number; readonly differing: number } | null
  /** Labelled rows since the rollout began. */
  readonly loss: {
    /** Answered by both in shadow: the champion's mean, and the challenger's loss minus the champion's. */
    readonly paired: { readonly champion: number; readonly difference: MeanEvidence } | null
    /** Answered by one arm each during canary steps. */
    readonly arms: { readonly champion: MeanEvidence; readonly challenger: MeanEvidence } | null
  }
  /** Why the data plane cannot load the challenger, if it says so. */
  readonly unloadable: string | null
}

export interface ArmSummary {
  readonly requests: number
  readonly errors: number
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

/** The evidence without its samples: what is kept with the rollout, and shown. */
export interface EvidenceSummary extends Omit<RolloutEvidence, 'champion' | 'challenger'> {
  readonly champion: ArmSummary
  readonly challenger: ArmSummary
}

export const NO_EVIDENCE: RolloutEvidence = {
  champion: { requests: 0, errors: 0, latenciesMs: [] },
  challenger: { requests: 0, errors: 0, latenciesMs: [] },
  errorsInARow: 0,
  split: null,
  disagreement: null,
  loss: { paired: null, arms: null },
  unloadable: null,
}

export type Verdict = 'passed' | 'failed' | 'inconclusive'
export type GuardName = 'loads' | 'errors' | 'split' | 'latency_p99' | 'disagreement' | 'quality'

export interface GuardResult {
  readonly guard: GuardName
  readonly verdict: Verdict
  readonly champion: number | null
  readonly challenger: number | null
  readonly unit: 'share' | 'ms' | 'loss'
  /** What the policy asks for, in words. */
  readonly asked: string
  /** The figure that is held against the limit, with its interval, valid however often one looks. */
  readonly n: number
  readonly estimate: number | null
  readonly lo: number | null
  readonly hi: number | null
  readonly limit: number | null
  /** Observations still wanted before it could pass, where that can be said. */
  readonly needs: number | null
  readonly sentence: string
}

/** One look at one guard: together they draw the confidence sequence. */
export interface SequencePoint {
  readonly guard: GuardName
  readonly step: number
  readonly at: number
  readonly n: number
  readonly estimate: number
  readonly lo: number
  readonly hi: number
}

export type StepDecision =
  | { readonly kind: 'advance'; readonly reason: string; readonly guards: readonly GuardResult[] }
  | { readonly kind: 'promote'; readonly reason: string; readonly guards: readonly GuardResult[] }
  | {
      readonly kind: 'hold'
      readonly reason: string
      readonly guards: readonly GuardResult[]
      readonly needs: HoldNeeds
    }
  | {
      readonly kind: 'abort'
      readonly reason: string
      readonly guards: readonly GuardResult[]
      readonly check: GuardName
    }

export interface HoldNeeds {
  /** Project time at which the step's own time is over. */
  readonly untilMs: number | null
  /** Requests to the challenger, or labelled rows, still wanted. */
  readonly observations: number | null
}

export function currentStep(rollout: Pick<Rollout, 'policy' | 'step'>): Step {
  const step = rollout.policy.steps[rollout.step]
  if (step === undefined) throw new RangeError(`The rollout has no step ${rollout.step}.`)
  return step
}
