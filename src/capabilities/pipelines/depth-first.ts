type Edges = (node: string) => readonly string[]

/**
 * All that can be reached, each after what it leads to. Keeps its own stack: a chain of stages may be longer than that of
 * the language is deep. `onCircle` is told a path that comes back to its first node, and throws.
 */
export function depthFirst(
  starts: Iterable<string>,
  edges: Edges,
  onCircle?: (path: readonly string[]) => never,
): readonly string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  for (const start of starts) {
    const path: Step[] = []
    const enter = (node: string): void => {
      if (state.get(node) === 'open') onCircle?.(circleAt(path, node))
      if (state.has(node)) return
      state.set(node, 'open')
      path.push({ node, left: edges(node).values() })
    }
    enter(start)
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.left.next()
      if (next.done !== true) {
        enter(next.value)
        continue
      }
      state.set(step.node, 'done')
      order.push(step.node)
      path.pop()
    }
  }
  return order
}

interface Step {
  readonly node: string
  /** Edges that have not been followed. */
  readonly left: Iterator<string>
}

function circleAt(path: readonly Step[], node: string): readonly string[] {
  const nodes = path.map((step) => step.node)
  return [...nodes.slice(nodes.indexOf(node)), node]
}
