import type { NodeState, PipelineGraph, PipelineNode } from '../../../../src/edges/http/contract.ts'

/** What is drawn as one box: a stage, a `.dvc` file, or a group of stages that are made alike. */
export interface Card {
  readonly id: string
  readonly title: string
  readonly state: NodeState
  /** Of a group that is closed, all its stages; else the one. */
  readonly nodes: readonly PipelineNode[]
  readonly isGroup: boolean
}

export interface Cards {
  readonly cards: readonly Card[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Fewer stages than this stand for themselves. */
const MANY = 5

const WORST: readonly NodeState[] = [
  'blocked',
  'deleted',
  'modified',
  'runs',
  'restores',
  'waits',
  'current',
]

/** Stages that foreach or matrix made are one box until it is opened, so that fifty stay readable. */
export function cardsOf({ nodes, edges }: PipelineGraph, open: readonly string[]): Cards {
  const groups = new Map<string, PipelineNode[]>()
  for (const node of nodes)
    if (node.group !== null) groups.set(node.group, [...(groups.get(node.group) ?? []), node])
  const closed = new Map(
    [...groups].filter(([name, members]) => members.length >= MANY && !open.includes(name)),
  )
  const cardIds = new Map(
    nodes.map((node) => [node.id, closed.has(node.group ?? '') ? groupId(node.group) : node.id]),
  )
  const single = nodes.filter((node) => cardIds.get(node.id) === node.id)
  const pairs = edges.flatMap(({ from, to }) => {
    const [a, b] = [cardIds.get(from), cardIds.get(to)]
    return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b }]
  })
  const unique = new Map(pairs.map((pair) => [JSON.stringify([pair.from, pair.to]), pair]))
  return {
    cards: [
      ...single.map((node) => ({
        id: node.id,
        title: node.id,
        state: node.state,
        nodes: [node],
        isGroup: false,
      })),
      ...[...closed].map(([name, members]) => ({
        id: groupId(name),
        title: name,
        state: worst(members),
        nodes: members,
        isGroup: true,
      })),
    ],
    edges: [...unique.values()],
  }
}

function groupId(name: string | null): string {
  return `group:${name ?? ''}`
}

function worst(nodes: readonly PipelineNode[]): NodeState {
  return WORST.find((state) => nodes.some((node) => node.state === state)) ?? 'current'
}
