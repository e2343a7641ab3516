import { Graph, layout } from '@dagrejs/dagre'
import type { Cards } from './cards.ts'

export const CARD_WIDTH = 184
export const CARD_HEIGHT = 58
const MARGIN = 16

export interface Placed {
  readonly width: number
  readonly height: number
  /** By card, its upper left corner. */
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  readonly paths: readonly { readonly from: string; readonly to: string; readonly d: string }[]
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Layers from what is read first, left to right; few crossings. */
export function placeCards({ cards, edges }: Cards, direction: 'LR' | 'TB'): Placed {
  const graph = new Graph()
  graph.setGraph({
    rankdir: direction,
    nodesep: 16,
    ranksep: direction === 'LR' ? 36 : 34,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of cards) graph.setNode(id, { width: CARD_WIDTH, height: CARD_HEIGHT })
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    places: new Map(
      cards.map(({ id }) => {
        const { x, y } = graph.node(id) as Point
        return [id, { x: x - CARD_WIDTH / 2, y: y - CARD_HEIGHT / 2 }]
      }),
    ),
    paths: edges.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { points: readonly Point[] }
      const ends = [graph.node(from), graph.node(to)] as [Point, Point]
      return { from, to, d: curve(way(ends, points, direction), direction) }
    }),
  }
}

/**
 * From the middle of one side to the middle of the other. The layout's own ends lie on the straight line between two
 * boxes, which leaves a box by its top; its points between are worth keeping only where an arrow passes other boxes.
 */
function way(
  [from, to]: readonly [Point, Point],
  points: readonly Point[],
  direction: 'LR' | 'TB',
): readonly Point[] {
  const [dx, dy] = direction === 'LR' ? [CARD_WIDTH / 2, 0] : [0, CARD_HEIGHT / 2]
  const between = points.length > 3 ? points.slice(1, -1) : []
  return [{ x: from.x + dx, y: from.y + dy }, ...between, { x: to.x - dx, y: to.y - dy }]
}

/** Column by column, or where it is read downward, row by row. */
export function inReadingOrder(
  { cards, edges }: Cards,
  { places }: Pick<Placed, 'places'>,
  direction: 'LR' | 'TB',
): Cards {
  const keyOf = (id: string): readonly [number, number] => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 }
    return direction === 'LR' ? [x, y] : [y, x]
  }
  const compare = (a: string, b: string): number => {
    const [one, other] = [keyOf(a), keyOf(b)]
    return one[0] - other[0] || one[1] - other[1]
  }
  return { edges, cards: cards.toSorted((a, b) => compare(a.id, b.id)) }
}

/** Leaves and arrives along the direction of reading, so that arrows do not cut corners. */
function curve([first, ...rest]: readonly Point[], direction: 'LR' | 'TB'): string {
  if (first === undefined) return ''
  const parts = [`M ${first.x} ${first.y}`]
  let from = first
  for (const to of rest) {
    const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2]
    const bend =
      direction === 'LR' ? `${mx} ${from.y} ${mx} ${to.y}` : `${from.x} ${my} ${to.x} ${my}`
    parts.push(`C ${bend} ${to.x} ${to.y}`)
    from = to
  }
  return parts.join(' ')
}
