import type { Hold } from './policy.ts'
import type { Alert, Signal } from './schema.ts'

export type OpenAlert = Pick<Alert, 'state' | 'pendingAt' | 'calmSince'>

export type Transition =
  /** Nothing is wrong and nothing was. */
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly state: 'pending' | 'firing' }
  /** The hold time is over. */
  | { readonly kind: 'fire' }
  /** Same state, newer evidence. */
  | { readonly kind: 'keep'; readonly calmSince: number | null }
  /** The condition went away before the hold time was over: nobody hears of it. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'resolve' }

/**
 * inactive → pending → firing → resolved, as in Prometheus: a condition must last for `forMs` before it fires, and must
 * be over for `keepFiringMs` before it resolves. An open alert absorbs each further signal of its rule. A clock that
 * went back counts as no time.
 */
export function decideAlert(
  open: OpenAlert | null,
  condition: Signal['condition'],
  hold: Hold,
  now: number,
): Transition {
  switch (condition) {
    case 'unknown':
      return open === null ? { kind: 'none' } : { kind: 'keep', calmSince: open.calmSince }
    case 'active':
      return decideActive(open, hold, now)
    case 'calm':
      return decideCalm(open, hold, now)
    case 'unwatched':
      return decideCalm(open, { ...hold, keepFiringMs: 0 }, now)
  }
}

function decideActive(open: OpenAlert | null, { forMs }: Hold, now: number): Transition {
  if (open === null) return { kind: 'open', state: forMs > 0 ? 'pending' : 'firing' }
  if (open.state === 'pending' && now - open.pendingAt >= forMs) return { kind: 'fire' }
  return { kind: 'keep', calmSince: null }
}

function decideCalm(open: OpenAlert | null, { keepFiringMs }: Hold, now: number): Transition {
  if (open === null) return { kind: 'none' }
  if (open.state === 'pending') return { kind: 'drop' }
  const calmSince = open.calmSince ?? now
  return now - calmSince >= keepFiringMs ? { kind: 'resolve' } : { kind: 'keep', calmSince }
}
