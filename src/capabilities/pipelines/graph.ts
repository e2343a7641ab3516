import { posix } from 'node:path'
import { compareCodePoints } from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'
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

interface OutputIndex {
  /** Addresses of the stages with an output that is the path, holds it or lies in it. */
  readonly overlapping: (path: string) => readonly string[]
}

function outputIndex(stages: Stages): OutputIndex {
  const owners = new Map<string, string>()
  for (const stage of stages.values())
    for (const { path } of stage.outs) {
      const out = fromRoot(stage, path)
      const other = owners.get(out)
      if (other !== undefined) throw twice(stages, [out, stage.address], [out, other])
      owners.set(out, stage.address)
    }
  const sorted = [...owners.keys()].toSorted(compareCodePoints)
  for (const out of sorted) {
    const outer = parents(out).find((parent) => owners.has(parent))
    if (outer !== undefined)
      throw twice(stages, [out, owners.get(out) ?? ''], [outer, owners.get(outer) ?? ''])
  }
  return {
    overlapping: (path) => {
      const holding = [...parents(path), path].filter((each) => owners.has(each))
      return [...holding, ...inside(sorted, path)].map((out) => owners.get(out) ?? '')
    },
  }
}

function parents(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

function inside(sorted: readonly string[], folder: string): readonly string[] {
  const prefix = `${folder}/`
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareCodePoints(sorted[middle] ?? '', prefix) < 0) low = middle + 1
    else high = middle
  }
  let end = low
  while (sorted[end]?.startsWith(prefix) === true) end += 1
  return sorted.slice(low, end)
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
  const state = new Map<string, 'open' | 'done'>()
  const visit = (address: string, path: readonly string[]): void => {
    if (state.get(address) === 'done') return
    const circle = [...path, address]
    if (state.get(address) === 'open')
      throw pipelineErrors.PIPELINE_CYCLE({
        detail: circle.slice(circle.indexOf(address)).join(' → '),
        path: stages.get(address)?.file ?? 'dvc.yaml',
      })
    state.set(address, 'open')
    for (const other of upstream.get(address) ?? []) visit(other, circle)
    state.set(address, 'done')
  }
  for (const address of stages.keys()) visit(address, [])
}
