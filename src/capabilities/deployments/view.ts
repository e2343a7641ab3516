import { formatStep } from './policy.ts'
import { currentStep, type Rollout } from './schema.ts'

/** What the page Rollout draws beside the guards and the sequence of looks. */
export interface RolloutView {
  /** The verdict, in one sentence. */
  readonly sentence: string
  readonly steps: readonly {
    readonly name: string
    readonly state: 'done' | 'current' | 'coming' | 'skipped'
  }[]
  /** Shares of the requests that each version answers now. */
  readonly split: { readonly champion: number; readonly challenger: number }
  readonly rollout: Rollout
}

export function viewRollout(rollout: Rollout): RolloutView {
  const challenger = challengerShare(rollout)
  return {
    sentence: sentenceOf(rollout),
    steps: rollout.policy.steps.map((step, index) => ({
      name: formatStep(step),
      state: stepState(rollout, index),
    })),
    split: { champion: 1 - challenger, challenger },
    rollout,
  }
}

function stepState({ state, step }: Rollout, index: number) {
  if (state === 'promoted' || state === 'rolled_back' || index < step) return 'done'
  if (state === 'aborted') return index === step ? 'current' : 'skipped'
  return index === step ? 'current' : 'coming'
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
  const { version, state, reason } = rollout
  const step = formatStep(currentStep(rollout))
  switch (state) {
    case 'running':
      return `Version ${version} is at ${step}: ${reason}.`
    case 'paused':
      return `Version ${version} is paused at ${step}: ${reason}.`
    case 'promoted':
      return `Version ${version} became the champion: ${reason}.`
    case 'aborted':
      return `Version ${version} was stopped at ${step}, and version ${rollout.champion} answers everything: ${reason}.`
    case 'rolled_back':
      return `Version ${version} became the champion and was rolled back: ${reason}.`
  }
}
