import { useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Status } from '../../../src/edges/http/contract.ts'
import { queries } from '../api/queries.ts'
import { PLACES, type Place } from './places.ts'

const GROUPS = ['Now', 'Build', 'Decide', 'Work'] as const

export function Navigation({ onHelp }: { onHelp: () => void }) {
  const { data: status } = useQuery(queries.status())
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  // Where the window is narrow, the entries are a row that is wider than it.
  useEffect(() => bringIntoSight(nav.current, '.entry[aria-current]'), [pathname])
  return (
    <nav className="nav" aria-label="Pages" ref={nav}>
      <Link to="/" className="brand">
        <Cog /> Ratchet
      </Link>
      {GROUPS.map((group) => (
        <div className="group" key={group}>
          {group === 'Now' ? null : <h2>{group}</h2>}
          {PLACES.filter((place) => place.group === group).map((place) => (
            <Entry key={place.to} place={place} count={status && countOf(place, status)} />
          ))}
        </div>
      ))}
      <div className="foot">
        <ThemeButton />
        <button type="button" className="bare" onClick={onHelp}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </nav>
  )
}

function bringIntoSight(row: HTMLElement | null, entry: string): void {
  const place = row?.querySelector(entry)?.getBoundingClientRect()
  if (row === null || place === undefined) return
  const { left, width } = row.getBoundingClientRect()
  row.scrollLeft += place.left + place.width / 2 - (left + width / 2)
}

function Entry({ place, count }: { place: Place; count: Count | undefined }) {
  return (
    <Link to={place.to} className="entry" activeOptions={{ exact: place.to === '/' }}>
      {place.title}
      {count === undefined || count.n === 0 ? (
        <kbd aria-hidden="true">g {place.key}</kbd>
      ) : (
        <span className={`badge ${count.tone}`} title={`${count.n} ${count.what}`}>
          {count.n}
          <span className="visually-hidden"> {count.what}</span>
        </span>
      )}
    </Link>
  )
}

interface Count {
  readonly n: number
  readonly what: string
  readonly tone: 'info' | 'warning'
}

function countOf(place: Place, { counts }: Status): Count | undefined {
  switch (place.to) {
    case '/rollouts':
      return { n: counts.rollouts_running, what: 'running', tone: 'info' }
    case '/alerts':
      return { n: counts.alerts_firing, what: 'firing', tone: 'warning' }
    case '/jobs':
      return { n: counts.jobs_running, what: 'running', tone: 'info' }
    case '/':
    case '/models':
    case '/experiments':
    case '/traces':
    case '/registry':
    case '/data':
    case '/pipelines':
    case '/gates':
    case '/why':
      return undefined
  }
}

const NEXT_SCHEME = { auto: 'light', light: 'dark', dark: 'auto' } as const
const SCHEME_NAME = { auto: 'System', light: 'Light', dark: 'Dark' } as const

function ThemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = NEXT_SCHEME[colorScheme]
  return (
    <button
      type="button"
      className="bare"
      onClick={() => setColorScheme(next)}
      title={`Change to ${SCHEME_NAME[next].toLowerCase()}`}
    >
      <span className="visually-hidden">Colours: </span>
      <span aria-hidden="true">◐</span> {SCHEME_NAME[colorScheme]}
    </button>
  )
}

/** A ratchet: it turns one way. */
function Cog() {
  const teeth = Array.from({ length: 10 }, (_, i) => {
    const point = (radius: number, turn: number) => {
      const angle = ((i + turn) / 10) * 2 * Math.PI
      return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`
    }
    return `${point(9.6, 0)} L ${point(7.2, 0.3)} L ${point(7.2, 0.78)}`
  })
  return (
    <svg width="20" height="20" viewBox="-11 -11 22 22" aria-hidden="true">
      <path
        d={`M ${teeth.join(' L ')} Z`}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <circle r="2.2" fill="var(--accent)" />
    </svg>
  )
}
