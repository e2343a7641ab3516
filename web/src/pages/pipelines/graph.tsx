import { Link } from '@tanstack/react-router'
import { useMediaQuery } from '@mantine/hooks'
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { PipelineGraph } from '../../../../src/edges/http/contract.ts'
import { plural } from '../../format/numbers.ts'
import { type Card, type Cards, cardsOf } from './cards.ts'
import { CARD_HEIGHT, CARD_WIDTH, type Placed, inReadingOrder, placeCards } from './layout.ts'
import { Moments, NODE_LOOK } from './stage-state.tsx'
import type { PipelinesView } from './view.ts'

const ZOOMS = [1, 0.85, 0.7, 0.6, 0.45] as const
/** Smaller than this, one has to ask for. */
const LEAST_BY_ITSELF = 1

/** The stages and what hangs on what. Arrow keys go from one to the next. */
export function StageGraph({ graph, view }: { graph: PipelineGraph; view: PipelinesView }) {
  const isNarrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const [asked, setZoom] = useState<number | null>(null)
  const direction = isNarrow ? 'TB' : 'LR'
  const found = useMemo(() => cardsOf(graph, view.open ?? []), [graph, view.open])
  const placed = useMemo(() => placeCards(found, direction), [found, direction])
  // The order in which one comes by them with the keyboard is the one in which they are seen.
  const cards = useMemo(() => inReadingOrder(found, placed, direction), [found, placed, direction])
  const place = useRef<HTMLDivElement>(null)
  const zoom = asked ?? fitting(place.current?.clientWidth ?? window.innerWidth - 270, placed.width)
  const scale = ZOOMS[zoom] ?? 1
  useLayoutEffect(() => {
    const card = cards.cards.find(({ id }) => id === view.stage)
    const at = card === undefined ? middleOf(placed) : placed.places.get(card.id)
    const element = place.current
    if (element === null || at === undefined) return
    element.scrollLeft = (at.x + CARD_WIDTH / 2) * scale - element.clientWidth / 2
    element.scrollTop = (at.y + CARD_HEIGHT / 2) * scale - element.clientHeight / 2
  }, [cards, placed, scale, view.stage])
  return (
    <div className="card graph">
      <div className="graph-tools">
        <Legend cards={cards} />
        <span className="actions">
          {view.open === undefined ? null : (
            <Link
              to="/pipelines"
              search={view.stage === undefined ? {} : { stage: view.stage }}
              className="button"
            >
              Close groups
            </Link>
          )}
          <button
            type="button"
            className="button"
            aria-label="Smaller"
            disabled={zoom === ZOOMS.length - 1}
            onClick={() => setZoom(zoom + 1)}
          >
            −
          </button>
          <button
            type="button"
            className="button"
            aria-label="Larger"
            disabled={zoom === 0}
            onClick={() => setZoom(zoom - 1)}
          >
            +
          </button>
        </span>
      </div>
      <div
        className="graph-scroll"
        ref={place}
        role="region"
        aria-label="Graph of stages"
        tabIndex={0}
        onKeyDown={(event) => moveFocus(event, cards)}
      >
        <div className="sheet" style={{ width: placed.width, height: placed.height, zoom: scale }}>
          <Arrows placed={placed} chosen={view.stage} />
          {cards.cards.map((card) => (
            <Box key={card.id} card={card} placed={placed} view={view} />
          ))}
        </div>
      </div>
    </div>
  )
}

function fitting(room: number, width: number): number {
  const fits = ZOOMS.findIndex((scale) => width * scale <= room)
  return fits < 0 ? LEAST_BY_ITSELF : Math.min(fits, LEAST_BY_ITSELF)
}

/** The beginning, at half height: there the first boxes stand. */
function middleOf({ height }: Placed): { readonly x: number; readonly y: number } {
  return { x: 0, y: height / 2 - CARD_HEIGHT / 2 }
}

function Arrows({ placed, chosen }: { placed: Placed; chosen: string | undefined }) {
  const { width, height, paths } = placed
  return (
    <svg width={width} height={height} aria-hidden="true">
      <defs>
        {['arrow', 'arrow-near'].map((id) => (
          <marker
            key={id}
            id={id}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M 0 0.8 L 7.4 4 L 0 7.2 z" className={id} />
          </marker>
        ))}
      </defs>
      {paths.map(({ from, to, d }) => {
        const isNear = from === chosen || to === chosen
        return (
          <path
            key={`${from} ${to}`}
            d={d}
            className={isNear ? 'edge near' : 'edge'}
            markerEnd={`url(#${isNear ? 'arrow-near' : 'arrow'})`}
          />
        )
      })}
    </svg>
  )
}

interface BoxProps {
  readonly card: Card
  readonly placed: Placed
  readonly view: PipelinesView
}

function Box({ card, placed, view }: BoxProps) {
  const { x, y } = placed.places.get(card.id) ?? { x: 0, y: 0 }
  const look = NODE_LOOK[card.state]
  const [node] = card.nodes
  const search: PipelinesView = card.isGroup
    ? { ...view, open: [...(view.open ?? []), card.title] }
    : { ...view, stage: card.id }
  const isChosen = view.stage === card.id
  return (
    <Link
      to="/pipelines"
      search={search}
      resetScroll={false}
      className={`node ${look.tone} ${node?.kind === 'data' ? 'data' : ''} ${card.isGroup ? 'pile' : ''}`}
      data-card={card.id}
      aria-current={isChosen ? 'true' : undefined}
      style={{ left: x, top: y, width: CARD_WIDTH, height: CARD_HEIGHT }}
      title={
        card.isGroup ? `Show the stages of ${card.title}` : `${card.id}: ${node?.sentence ?? ''}`
      }
    >
      <strong>{card.title}</strong>
      <span className="small">
        <span className="word">
          <span aria-hidden="true">{look.glyph}</span> {look.word}
          {node?.frozen === true ? ', frozen' : ''}
        </span>
        {card.isGroup ? (
          <span className="muted">{plural(card.nodes.length, 'stage')}</span>
        ) : (
          <Moments recent={node?.recent ?? []} />
        )}
      </span>
    </Link>
  )
}

function Legend({ cards: { cards } }: { cards: Cards }) {
  const states = [...new Set(cards.map(({ state }) => state))]
  const n = (state: Card['state']): number =>
    cards.filter((card) => card.state === state).reduce((sum, { nodes }) => sum + nodes.length, 0)
  return (
    <p className="muted small legend">
      {states.map((state) => (
        <span key={state} className="nowrap">
          <span aria-hidden="true" className={`glyph ${NODE_LOOK[state].tone}`}>
            {NODE_LOOK[state].glyph}
          </span>{' '}
          {n(state)} {NODE_LOOK[state].word}
        </span>
      ))}
      <span className="nowrap">
        <span className="moments" aria-hidden="true">
          <i className="ran" />
          <i className="skipped" />
          <i className="restored" />
          <i className="failed" />
        </span>{' '}
        ran, unchanged, from cache, failed
      </span>
    </p>
  )
}

/** Left and right along an arrow, up and down among the boxes of a column. */
function moveFocus(event: KeyboardEvent, { cards, edges }: Cards): void {
  const from = (event.target as HTMLElement).dataset['card']
  if (from === undefined) return
  const order = cards.map(({ id }) => id)
  const next = {
    ArrowRight: edges.find((edge) => edge.from === from)?.to,
    ArrowLeft: edges.find((edge) => edge.to === from)?.from,
    ArrowDown: order[order.indexOf(from) + 1],
    ArrowUp: order[order.indexOf(from) - 1],
  }[event.key]
  if (next === undefined) return
  event.preventDefault()
  const box = event.currentTarget.querySelector<HTMLElement>(`[data-card="${CSS.escape(next)}"]`)
  box?.focus()
}
