import { posix } from 'node:path'
import { depthFirst } from './depth-first.ts'
import { pipelineErrors } from './errors.ts'
import { type PathIndex, pathIndex } from './path-index.ts'
import type { Stage } from './schema.ts'

type Stages = ReadonlyMap<string, Stage>

/** A path of a stage, from the project's root. It may lead out of the project (a dependency only). */
export function fromRoot({ wdir }: Pick<Stage, 'wdir'>, path: string): string {
  const joined = posix.isAbsolute(path) ? path : posix.join(wdir, path)
  return posix.normalize(joined).replace(/(?<=.)\/$/, '')
}

/** One is the other, or lies inside it. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}

/** Stages and what each of them depends on. */
export interface StageGraph {
  readonly stages: Stages
  /** By address: the addresses of the stages whose outputs it reads. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
}

/** @throws PIPELINE_CYCLE, PIPELINE_OUTPUT_TWICE */
export function buildGraph(stages: Stages): StageGraph {
  const outputs = outputIndex(stages)
  const upstream = new Map(
    [...stages.values()].map((stage) => {
      const found = stage.deps.flatMap((dep) => outputs.overlapping(fromRoot(stage, dep)))
      return [stage.address, [...new Set(found)]] as const
    }),
  )
  const graph = { stages, upstream }
  refuseCycle(graph)
  return graph
}

function outputIndex(stages: Stages): PathIndex {
  const owners = new Map<string, string>()
  for (const stage of stages.values())
    for (const { path } of stage.outs) {
      const out = fromRoot(stage, path)
      const other = owners.get(out)
      if (other !== undefined) throw twice(stages, [out, stage.address], [out, other])
      owners.set(out, stage.address)
    }
  const outputs = pathIndex(owners)
  for (const out of outputs.paths) {
    const outer = outputs.holderOf(out)
    if (outer !== null)
      throw twice(stages, [out, owners.get(out) ?? ''], [outer, owners.get(outer) ?? ''])
  }
  return outputs
}

type Owned = readonly [path: string, address: string]

function twice(stages: Stages, [path, address]: Owned, [other, owner]: Owned) {
  const { file = 'dvc.yaml', name = address } = stages.get(address) ?? {}
  return pipelineErrors.PIPELINE_OUTPUT_TWICE({
    detail: `${path} of "${address}" and ${other} of "${owner}"`,
    path: `${file} stages.${name}`,
  })
}

function refuseCycle({ stages, upstream }: StageGraph): void {
  depthFirst(
    stages.keys(),
    (address) => upstream.get(address) ?? [],
    (circle) => {
      throw pipelineErrors.PIPELINE_CYCLE({
        detail: circle.join(' → '),
        path: stages.get(circle[0] ?? '')?.file ?? 'dvc.yaml',
      })
    },
  )
}
