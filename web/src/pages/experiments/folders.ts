import type { Experiment } from '../../../../src/edges/http/contract.ts'

/** A line of the tree: a folder (`team/`) with what is below it, or an experiment. */
export interface TreeLine {
  readonly path: string
  /** The last part of the path. */
  readonly label: string
  readonly depth: number
  readonly experiment: Experiment | null
  /** Experiments below it, itself included. */
  readonly experiments: readonly Experiment[]
  readonly hasChildren: boolean
}

interface Node {
  experiment: Experiment | null
  readonly children: Map<string, Node>
}

/** Experiments as folders by the slashes of their names; a folder that is shut hides what is in it. */
export function treeOf(
  experiments: readonly Experiment[],
  shut: ReadonlySet<string>,
): readonly TreeLine[] {
  const root: Node = { experiment: null, children: new Map() }
  for (const experiment of experiments) {
    let node = root
    for (const part of partsOf(experiment.name)) {
      const next = node.children.get(part) ?? { experiment: null, children: new Map() }
      node.children.set(part, next)
      node = next
    }
    node.experiment = experiment
  }
  return linesOf(root, { path: '', depth: 0, shut })
}

// Spark writes names such as `/Users/ada/x`: an empty part is no folder.
function partsOf(name: string): readonly string[] {
  const parts = name.split('/').filter((part) => part !== '')
  return parts.length === 0 ? [name] : parts
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly shut: ReadonlySet<string>
}

function linesOf(node: Node, { path, depth, shut }: Place): readonly TreeLine[] {
  return [...node.children]
    .toSorted(([a, one], [b, other]) => {
      const folders = Number(other.children.size > 0) - Number(one.children.size > 0)
      return folders === 0 ? a.localeCompare(b, undefined, { numeric: true }) : folders
    })
    .flatMap(([part, child]) => {
      const own = path === '' ? part : `${path}/${part}`
      const line = {
        path: own,
        label: part,
        depth,
        experiment: child.experiment,
        experiments: below(child),
        hasChildren: child.children.size > 0,
      }
      if (shut.has(own)) return [line]
      return [line, ...linesOf(child, { path: own, depth: depth + 1, shut })]
    })
}

function below(node: Node): readonly Experiment[] {
  const own = node.experiment === null ? [] : [node.experiment]
  return [...own, ...[...node.children.values()].flatMap(below)]
}
