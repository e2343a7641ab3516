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
  if (best !== null) reportStep(step, best)
}

function reportStep(
  { measure, limit, reach, reachMemory }: Step,
  best: { readonly ours: Timed; readonly theirs: Timed },
): void {
  const beside = limit === undefined ? '' : ` (limit ${limit.toFixed(2)} s)`
  const row = (what: string, unit: string, of: keyof Timed, most: number | undefined): void =>
    report({
      measure: what,
      ours: best.ours[of],
      unit,
      ...(most === undefined ? {} : { reach: { at_most: most } }),
      peer: { name: 'dvc', value: best.theirs[of] },
    })
  row(measure + beside, 's', 'seconds', reach)
  row(`${measure}, CPU`, 's', 'cpuSeconds', undefined)
  row(`${measure}, memory`, 'MB', 'megabytes', reachMemory)
}
