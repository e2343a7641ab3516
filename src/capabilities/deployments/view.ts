import { formatStep } from './policy.ts'
import { currentStep, type GuardResult, type Rollout, type SequencePoint } from './schema.ts'

export type StepState = 'done' | 'current' | 'waiting' | 'failed' | 'skipped'

export interface StepView {
  readonly name: string
  readonly state: StepState
  readonly from: number | null
  readonly to: number | null
  /** Why it ended, or what it waits for. */
  readonly note: string | null
}

/** The looks at one guard, and the limit that the whole interval has to stay below. */
export interface SequenceView {
  readonly guard: GuardResult
  readonly points: readonly SequencePoint[]
}

/** What the page Rollout draws. */
export interface RolloutView {
  /** The verdict, in one sentence. */
  readonly sentence: string
  readonly steps: readonly StepView[]
  /** Shares of the requests that each version answers now; they sum to 1. */
  readonly split: { readonly champion: number; readonly challenger: number }
  /** The quality of the answers where labels have come, else the share of failed requests; null before the first look. */
  readonly sequence: SequenceView | null
  readonly actions: readonly ('pause' | 'resume' | 'promote' | 'abort')[]
  readonly rollout: Rollout
}

export function viewRollout(rollout: Rollout): RolloutView {
  const challenger = challengerShare(rollout)
  return {
    sentence: sentenceOf(rollout),
    steps: rollout.policy.steps.map((step, index) => viewStep(rollout, formatStep(step), index)),
    split: { champion: 1 - challenger, challenger },
    sequence: viewSequence(rollout),
    actions: actionsOn(rollout),
    rollout,
  }
}

function viewStep(rollout: Rollout, name: string, index: number): StepView {
  const { from = null, to = null, note = null } = rollout.track[index] ?? {}
  const state = stepState(rollout, index)
  return { name, state, from, to, note: state === 'current' ? rollout.reason : note }
}

function stepState({ state, step, track, policy }: Rollout, index: number): StepState {
  if (index < step) return 'done'
  switch (state) {
    case 'running':
    case 'paused':
      return index === step ? 'current' : 'waiting'
    case 'aborted':
      return index === step ? 'failed' : 'skipped'
    case 'promoted':
    case 'rolled_back':
      // The last one has no time of its own when it is reached by the one before; what lies between was left out by hand.
      return track[index] !== undefined || index === policy.steps.length - 1 ? 'done' : 'skipped'
  }
}

function viewSequence({ guards, points }: Rollout): SequenceView | null {
  const seen = (name: string) =>
    guards.find(({ guard, estimate }) => guard === name && estimate !== null)
  const guard = seen('quality') ?? seen('errors')
  if (guard === undefined) return null
  return { guard, points: points.filter((point) => point.guard === guard.guard) }
}

function actionsOn({ state }: Rollout): RolloutView['actions'] {
  switch (state) {
    case 'running':
      return ['pause', 'promote', 'abort']
    case 'paused':
      return ['resume', 'promote', 'abort']
    case 'promoted':
    case 'aborted':
    case 'rolled_back':
      return []
  }
}

function challengerShare(rollout: Rollout): number {
  const step = currentStep(rollout)
  switch (rollout.state) {
    case 'promoted':
      return 1
    case 'aborted':
    case 'rolled_back':
      return 0
    case 'running':
    case 'paused':
      return step.kind === 'shadow' ? 0 : step.fraction
  }
}

function sentenceOf(rollout: Rollout): string {
  const { version, state, reason, champion } = rollout
  const step = formatStep(currentStep(rollout))
  switch (state) {
    case 'running':
      return `Version ${version} is at ${step}: ${reason}.`
    case 'paused':
      return `Version ${version} is paused at ${step}: ${reason}.`
    case 'promoted':
      return `Version ${version} became the champion: ${reason}.`
    case 'aborted':
      return `Version ${version} was stopped at ${step}, and version ${champion} answers everything: ${reason}.`
    case 'rolled_back':
      return `Version ${version} became the champion and was rolled back: ${reason}.`
  }
}
