import { automationErrors } from './errors.ts'

/** One thing in the story, and what it came from. */
export interface WhyNode {
  readonly id: string
  /** `prediction`, `version`, `gate`, `rollout`, `run`, `decision`, `alert`, `report`, `data`, `commit` … */
  readonly kind: string
  readonly at: number | null
  readonly sentence: string
  readonly facts: Readonly<Record<string, string | number | null>>
  /** Ids that it was caused by or made from. */
  readonly causes: readonly string[]
}

export interface WhyStep extends WhyNode {
  /** Steps from what was asked about. */
  readonly depth: number
}

/** Finds a thing by its id; null when the id is of another kind. */
export type WhySource = (id: string) => Promise<WhyNode | null>

const MOST_STEPS = 60

/**
 * From any id back to its causes, nearest first, down to data hash and commit.
 * A cause that is no longer kept ends its branch: the rest is told all the same.
 * @throws WHY_UNKNOWN when no source knows the id asked about
 */
export async function why(sources: readonly WhySource[], id: string): Promise<readonly WhyStep[]> {
  const first = await find(sources, id)
  if (first === null) throw automationErrors.WHY_UNKNOWN({ detail: `"${id}"` })
  const steps: WhyStep[] = []
  const told = new Set<string>()
  const waiting: { readonly node: WhyNode; readonly depth: number }[] = [{ node: first, depth: 0 }]
  while (waiting.length > 0 && steps.length < MOST_STEPS) {
    const next = waiting.pop()
    if (next === undefined || told.has(next.node.id)) continue
    told.add(next.node.id)
    steps.push({ ...next.node, depth: next.depth })
    // Depth first, the first cause first: a story is read along one thread before the next.
    for (const cause of next.node.causes.toReversed()) {
      const node = told.has(cause) ? null : await find(sources, cause)
      if (node !== null) waiting.push({ node, depth: next.depth + 1 })
    }
  }
  return steps
}

async function find(sources: readonly WhySource[], id: string): Promise<WhyNode | null> {
  for (const source of sources) {
    const node = await source(id)
    if (node !== null) return node
  }
  return null
}
