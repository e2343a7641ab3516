import { posix } from 'node:path'
import { pipelineErrors } from './errors.ts'
import type { Stage } from './schema.ts'

type Stages = ReadonlyMap<string, Stage>

/** A path of a stage, from the project's root. It may lead out of the project (a dependency only). */
export function fromRoot({ wdir }: Pick<Stage, 'wdir'>, path: string): string {
  return posix.normalize(posix.join(wdir, path)).replace(/\/$/, '')
}

/** One is the other, or lies inside it. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}

/**
 * The stages to look at for the targets, each after those it depends on (all, when none is named).
 * The order is DVC's: depth first, in the order of dvc.yaml.
 * @throws PIPELINE_STAGE_UNKNOWN, PIPELINE_CYCLE, PIPELINE_OUTPUT_TWICE
 */
export function planOrder(stages: Stages, targets: readonly string[]): readonly Stage[] {
  refuseSharedOutputs(stages)
  const order: Stage[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (stage: Stage, path: readonly string[]): void => {
    if (state.get(stage.name) === 'done') return
    const circle = [...path, stage.name]
    if (state.get(stage.name) === 'open')
      throw pipelineErrors.PIPELINE_CYCLE({ detail: circle.join(' → '), path: 'dvc.yaml' })
    state.set(stage.name, 'open')
    // A frozen stage is cut off from what it depends on.
    if (!stage.frozen) for (const other of upstream(stages, stage)) visit(other, circle)
    state.set(stage.name, 'done')
    order.push(stage)
  }
  const chosen = targets.length === 0 ? [...stages.keys()] : targets
  for (const name of chosen) visit(stageNamed(stages, name), [])
  return order
}

function stageNamed(stages: Stages, name: string): Stage {
  const stage = stages.get(name)
  if (stage !== undefined) return stage
  const known = [...stages.keys()].join(', ') || 'none'
  throw pipelineErrors.PIPELINE_STAGE_UNKNOWN({ detail: `"${name}"; dvc.yaml has ${known}` })
}

/** The stages whose outputs this one depends on. */
export function upstream(stages: Stages, stage: Stage): readonly Stage[] {
  const deps = stage.deps.map((dep) => fromRoot(stage, dep))
  return [...stages.values()].filter((other) =>
    other.outs.some((out) => deps.some((dep) => overlaps(dep, fromRoot(other, out.path)))),
  )
}

function refuseSharedOutputs(stages: Stages): void {
  const seen: { readonly path: string; readonly stage: string }[] = []
  for (const stage of stages.values())
    for (const out of stage.outs) {
      const path = fromRoot(stage, out.path)
      const other = seen.find((known) => overlaps(known.path, path))
      if (other !== undefined)
        throw pipelineErrors.PIPELINE_OUTPUT_TWICE({
          detail: `${path} of "${stage.name}" and ${other.path} of "${other.stage}"`,
          path: `dvc.yaml stages.${stage.name}`,
        })
      seen.push({ path, stage: stage.name })
    }
}
