import { report } from '../measure.ts'
import { better, type DataTool, settle, type Timed, timed } from './projects.ts'

/** One thing to do with each tool, in turns, and what is to be reached. */
export interface Step {
  readonly measure: string
  readonly args: readonly string[]
  /** Seconds, where they are asked for. */
  readonly reach?: number
  /** Megabytes, where they are asked for. */
  readonly reachMemory?: number
  /** Seconds that the plain copying or hashing of the same files takes. */
  readonly limit?: number
  /** Puts the project where the step begins; not measured. */
  readonly before: (root: string) => void
}

export interface Contest {
  readonly base: string
  readonly ours: { readonly tool: DataTool; readonly root: string }
  readonly theirs: { readonly tool: DataTool; readonly root: string }
  readonly rounds: number
}

/** Measures a step with both tools in turns and reports the best of each, with the limit beside it. */
export function runStep({ base, ours, theirs, rounds }: Contest, step: Step): void {
  let best: { ours: Timed; theirs: Timed } | null = null
  for (let round = 0; round < rounds; round++) {
    const [mine, other] = [ours, theirs].map(({ tool, root }) => {
      step.before(root)
      settle(base)
      return timed(root, tool, step.args)
    }) as [Timed, Timed]
    best =
      best === null
        ? { ours: mine, theirs: other }
        : { ours: better(best.ours, mine), theirs: better(best.theirs, other) }
  }
  if (best === null) return
  const peer = { name: 'dvc', value: best.theirs.seconds }
  const beside = step.limit === undefined ? '' : ` (limit ${step.limit.toFixed(2)} s)`
  report({
    measure: step.measure + beside,
    ours: best.ours.seconds,
    unit: 's',
    ...(step.reach === undefined ? {} : { reach: { at_most: step.reach } }),
    peer,
  })
  if (step.reachMemory === undefined) return
  report({
    measure: `${step.measure}, memory`,
    ours: best.ours.megabytes,
    unit: 'MB',
    reach: { at_most: step.reachMemory },
    peer: { name: 'dvc', value: best.theirs.megabytes },
  })
}
