import { compareCodePoints, findDvcFiles, openDataProject, readDvcFile } from '../datasets/index.ts'
import { readStages } from './declaration/read-pipeline.ts'
import { buildGraph, fromRoot, overlaps } from './graph.ts'
import { pathIndex } from './path-index.ts'
import { selectTargets } from './plan.ts'
import type { Stage } from './schema.ts'

/** What hangs on what: each edge goes from what is read to what reads it. */
export interface Dag {
  readonly nodes: readonly string[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

export interface DagRequest {
  readonly targets: readonly string[]
  /** Where the targets are seen from, from the root. */
  readonly folder: string
  /** Outputs instead of stages. */
  readonly outs: boolean
  /** All that hangs together with the targets, not only what they depend on. */
  readonly full: boolean
  /** What one foreach or matrix generated is one node. */
  readonly collapse?: boolean
}

/** Stages and the `.dvc` files that they read. @throws PIPELINE_FILE_INVALID, PIPELINE_STAGE_UNKNOWN */
export function readDag(
  root: string,
  { targets, folder, outs, full, collapse = false }: DagRequest,
): Dag {
  const stages = readStages(root)
  const { upstream } = buildGraph(stages)
  const sources = readSources(root)
  const read = pathIndex(new Map([...sources].map(([file, path]) => [path, file])))
  const sourcesOf = (stage: Stage): ReadonlySet<string> =>
    new Set(stage.deps.flatMap((dep) => read.overlapping(fromRoot(stage, dep))))
  const edges = [...stages.values()].flatMap((stage) => [
    ...(upstream.get(stage.address) ?? []).map((from) => [from, stage.address] as const),
    ...[...sourcesOf(stage)].map((from) => [from, stage.address] as const),
  ])
  const whole = { nodes: [...stages.keys(), ...sources.keys()], edges }
  const chosen = targets.length === 0 ? null : selectTargets(stages, { targets, folder })
  const dag = chosen === null ? whole : around(whole, chosen, full)
  if (outs) return outputsOf(dag, stages, sources)
  return collapse ? collapsed(dag, stages) : dag
}

function collapsed({ nodes, edges }: Dag, stages: ReadonlyMap<string, Stage>): Dag {
  const groupOf = (node: string): string => {
    const { group = null, name = node } = stages.get(node) ?? {}
    return group === null ? node : `${node.slice(0, node.length - name.length)}${group}`
  }
  const joined = edges.map(([from, to]) => [groupOf(from), groupOf(to)] as const)
  const kept = new Map(joined.map((edge) => [edge.join('\0'), edge]))
  return {
    nodes: [...new Set(nodes.map(groupOf))],
    edges: [...kept.values()].filter(([from, to]) => from !== to),
  }
}

function readSources(root: string): ReadonlyMap<string, string> {
  const project = openDataProject(root)
  try {
    return new Map(findDvcFiles(project).map((file) => [file, readDvcFile(project, file).path]))
  } finally {
    project.close()
  }
}

function around(dag: Dag, chosen: readonly string[], full: boolean): Dag {
  const kept = reached(neighbours(dag, full), chosen)
  return {
    nodes: dag.nodes.filter((node) => kept.has(node)),
    edges: dag.edges.filter(([from, to]) => kept.has(from) && kept.has(to)),
  }
}

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>

// What each node reads, and with `full` what reads it.
function neighbours({ nodes, edges }: Dag, full: boolean): Neighbours {
  const next = new Map(nodes.map((node) => [node, new Set<string>()]))
  for (const [from, to] of edges) {
    next.get(to)?.add(from)
    if (full) next.get(from)?.add(to)
  }
  return next
}

function reached(next: Neighbours, starts: readonly string[]): ReadonlySet<string> {
  const kept = new Set<string>()
  const queue = [...starts]
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (kept.has(node)) continue
    kept.add(node)
    queue.push(...(next.get(node) ?? []))
  }
  return kept
}

function outputsOf(
  { nodes, edges }: Dag,
  stages: ReadonlyMap<string, Stage>,
  sources: ReadonlyMap<string, string>,
): Dag {
  const written = (node: string): readonly string[] => {
    const stage = stages.get(node)
    if (stage === undefined) return [sources.get(node) ?? node]
    return stage.outs.map(({ path }) => fromRoot(stage, path))
  }
  const pairs = edges.flatMap(([from, to]) => {
    const stage = stages.get(to)
    const deps = stage?.deps.map((dep) => fromRoot(stage, dep)) ?? []
    const read = written(from).filter((out) => deps.some((dep) => overlaps(dep, out)))
    return read.flatMap((out) => written(to).map((next) => [out, next] as const))
  })
  return { nodes: nodes.flatMap(written), edges: pairs }
}

/** Pipeline by pipeline, each sorted. */
export function dagMermaid(dag: Dag): readonly string[] {
  const pipelines = apart(dag)
  const ids = new Map(pipelines.flat().map((node, index) => [node, `node${index + 1}`]))
  const quoted = (name: string): string => name.replaceAll('"', '#quot;')
  const sorted = dag.edges.toSorted(
    (a, b) => compareCodePoints(a[0], b[0]) || compareCodePoints(a[1], b[1]),
  )
  const leaving = Map.groupBy(sorted, ([from]) => from)
  return [
    'flowchart TD',
    ...pipelines.flatMap((nodes) => [
      ...nodes.map((node) => `\t${ids.get(node) ?? ''}["${quoted(node)}"]`),
      ...nodes
        .flatMap((node) => leaving.get(node) ?? [])
        .map(([from, to]) => `\t${ids.get(from) ?? ''}-->${ids.get(to) ?? ''}`),
    ]),
  ]
}

// What hangs together, in the order of the first of each.
function apart(dag: Dag): readonly (readonly string[])[] {
  const left = new Set(dag.nodes)
  const next = neighbours(dag, true)
  return dag.nodes.flatMap((node) => {
    if (!left.has(node)) return []
    const nodes = [...reached(next, [node])]
    for (const other of nodes) left.delete(other)
    return [nodes.toSorted(compareCodePoints)]
  })
}

export function dagDot({ nodes, edges }: Dag): readonly string[] {
  return [
    'strict digraph {',
    ...nodes.map((node) => `${JSON.stringify(node)};`),
    ...edges.map(([from, to]) => `${JSON.stringify(from)} -> ${JSON.stringify(to)};`),
    '}',
  ]
}

/** A tree from what is read first; what hangs on several is shown in full under the first. */
export function dagText({ nodes, edges }: Dag): readonly string[] {
  const next = new Map(nodes.map((node) => [node, new Array<string>()]))
  for (const [from, to] of edges) next.get(from)?.push(to)
  const targets = new Set(edges.map(([, to]) => to))
  const shown = new Set<string>()
  const lines: string[] = []
  const roots = nodes.filter((node) => !targets.has(node))
  const left = roots.map((node) => ({ node, lead: '', indent: '' })).toReversed()
  for (let row = left.pop(); row !== undefined; row = left.pop()) {
    const { node, lead, indent } = row
    const below = next.get(node) ?? []
    const again = shown.has(node) && below.length > 0
    lines.push(`${lead}${node}${again ? ' (above)' : ''}`)
    if (shown.has(node)) continue
    shown.add(node)
    const rows = below.map((child, index) => {
      const isLast = index === below.length - 1
      const [branch, line] = isLast ? ['└── ', '    '] : ['├── ', '│   ']
      return { node: child, lead: indent + branch, indent: indent + line }
    })
    left.push(...rows.toReversed())
  }
  return lines
}
