import { matchesGlob, posix } from 'node:path'
import { PIPELINE_FILE } from './declaration/pipeline-file.ts'
import { depthFirst } from './depth-first.ts'
import { pipelineErrors } from './errors.ts'
import { buildGraph, fromRoot, overlaps, type StageGraph } from './graph.ts'
import type { Stage } from './schema.ts'

/** Which stages are meant. */
export interface Selection {
  /**
   * Stages, groups of foreach, dvc.yaml files, `.dvc` files, or folders with `recursive`; as seen from `folder`. None:
   * all of the dvc.yaml there.
   */
  readonly targets: readonly string[]
  /** From the project's root; '' or none is the root. */
  readonly folder?: string | undefined
  readonly glob?: boolean | undefined
  readonly recursive?: boolean | undefined
  /** All that hangs together with the targets. */
  readonly pipeline?: boolean | undefined
  /** Everything in the project. */
  readonly allPipelines?: boolean | undefined
  /** The targets and what depends on them. */
  readonly downstream?: boolean | undefined
  /** The targets alone. */
  readonly single?: boolean | undefined
}

export interface Plan {
  /** Each after those that it depends on. */
  readonly order: readonly Stage[]
  /** By address, within the plan: what must be done first. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
}

type Edges = ReadonlyMap<string, readonly string[]>

/**
 * The stages to look at. The order is DVC's: depth first, in the order of dvc.yaml.
 * @throws PIPELINE_STAGE_UNKNOWN, PIPELINE_CYCLE, PIPELINE_OUTPUT_TWICE
 */
export function planStages(stages: ReadonlyMap<string, Stage>, selection: Selection): Plan {
  const graph = buildGraph(stages)
  const edges = activeEdges(graph)
  const chosen = startingPoints(graph, selection)
  const selected = selection.single === true ? new Set(chosen) : reach(edges, chosen, selection)
  // One stage after the other in the order given, when only they are asked for.
  const starts = selection.single === true ? chosen : stages.keys()
  const upstreamOf = (address: string): readonly string[] =>
    (edges.get(address) ?? []).filter((other) => selected.has(other))
  const order = depthFirst(
    [...starts].filter((start) => selected.has(start)),
    upstreamOf,
  )
    .map((address) => stages.get(address))
    .filter((stage) => stage !== undefined)
  const within = [...edges].map(
    ([address, others]) => [address, others.filter((other) => selected.has(other))] as const,
  )
  return { order, upstream: new Map(within) }
}

export function isDvcFile(target: string): boolean {
  return target.endsWith('.dvc')
}

// A `.dvc` file is no stage, but what reads its data may be meant by it.
function startingPoints({ stages }: StageGraph, selection: Selection): readonly string[] {
  const data = selection.targets.filter(isDvcFile)
  const names = selection.targets.filter((target) => !isDvcFile(target))
  const isOfData = data.length > 0 && names.length === 0 && selection.allPipelines !== true
  const chosen = isOfData ? [] : selectTargets(stages, { ...selection, targets: names })
  if (selection.downstream !== true && selection.pipeline !== true) return chosen
  const paths = data.map((file) => posix.join(selection.folder ?? '', file.slice(0, -4)))
  const readers = [...stages.values()].filter((stage) =>
    stage.deps.some((dep) => paths.some((path) => overlaps(fromRoot(stage, dep), path))),
  )
  return [...chosen, ...readers.map(({ address }) => address)]
}

// A frozen stage is cut off from what it depends on.
function activeEdges({ stages, upstream }: StageGraph): Edges {
  return new Map(
    [...upstream].map(([address, others]) => [
      address,
      stages.get(address)?.frozen === true ? [] : others,
    ]),
  )
}

/** The addresses that a selection names, without what hangs on them. @throws PIPELINE_STAGE_UNKNOWN */
export function selectTargets(
  stages: ReadonlyMap<string, Stage>,
  selection: Selection,
): readonly string[] {
  if (selection.allPipelines === true) return [...stages.keys()]
  const all = [...stages.values()]
  if (selection.targets.length === 0) {
    const here = posix.join(selection.folder ?? '', PIPELINE_FILE)
    const own = all.filter(({ file }) => file === here)
    return (own.length === 0 ? all : own).map(({ address }) => address)
  }
  return [...new Set(selection.targets.flatMap((target) => addressesOf(all, target, selection)))]
}

function addressesOf(
  all: readonly Stage[],
  target: string,
  { glob = false, recursive = false, folder: from = '' }: Selection,
): readonly string[] {
  const [file, name] = splitTarget(target, from)
  const inFile = all.filter((stage) => stage.file === file)
  const found = inFile.filter(
    (stage) =>
      name === null ||
      stage.name === name ||
      stage.group === name ||
      (glob && matchesGlob(stage.name, name)),
  )
  if (found.length > 0) return found.map(({ address }) => address)
  const folder = posix.join(from, target).replace(/\/+$/, '')
  const within = recursive
    ? all.filter((stage) => folder === '.' || stage.file.startsWith(`${folder}/`))
    : []
  if (within.length > 0) return within.map(({ address }) => address)
  const known =
    all
      .map(({ address }) => address)
      .slice(0, 20)
      .join(', ') || 'no stages'
  throw pipelineErrors.PIPELINE_STAGE_UNKNOWN({ detail: `"${target}"; dvc.yaml has ${known}` })
}

function splitTarget(target: string, from: string): readonly [file: string, name: string | null] {
  const at = target.lastIndexOf(':')
  if (at < 0)
    return target.endsWith('.yaml')
      ? [posix.join(from, target), null]
      : [posix.join(from, PIPELINE_FILE), target]
  return [posix.join(from, target.slice(0, at) || PIPELINE_FILE), target.slice(at + 1)]
}

function reach(
  upstream: Edges,
  chosen: readonly string[],
  { pipeline = false, downstream = false }: Selection,
): ReadonlySet<string> {
  const edges = pipeline ? bothWays(upstream) : downstream ? reversed(upstream) : upstream
  const reached = new Set<string>()
  const queue = [...chosen]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    queue.push(...(edges.get(next) ?? []))
  }
  return reached
}

export function reversed(edges: Edges): Edges {
  const back = new Map<string, string[]>()
  for (const [from, others] of edges)
    for (const other of others) {
      const known = back.get(other)
      if (known === undefined) back.set(other, [from])
      else known.push(from)
    }
  return back
}

function bothWays(edges: Edges): Edges {
  const back = reversed(edges)
  const all = new Set([...edges.keys(), ...back.keys()])
  return new Map(
    [...all].map((key) => [key, [...(edges.get(key) ?? []), ...(back.get(key) ?? [])]]),
  )
}
