import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS } from '../../base/time.ts'
import { alertsPolicySchema, holdOf, receivers, resolvePlaceholders } from './policy.ts'
import { decideAlert, type OpenAlert, type Transition } from './state.ts'

const HOLD = { forMs: 7 * DAY_MS, keepFiringMs: 2 * DAY_MS }
const pending = (pendingAt: number): OpenAlert => ({ state: 'pending', pendingAt, calmSince: null })

test('a condition is pending until its hold time is over, then fires', () => {
  expect(decideAlert(null, 'active', HOLD, 0)).toEqual({ kind: 'open', state: 'pending' })
  expect(decideAlert(pending(0), 'active', HOLD, 6 * DAY_MS)).toMatchObject({ kind: 'keep' })
  expect(decideAlert(pending(0), 'active', HOLD, 7 * DAY_MS)).toEqual({ kind: 'fire' })
  const none = { forMs: 0, keepFiringMs: 0 }
  expect(decideAlert(null, 'active', none, 0)).toEqual({ kind: 'open', state: 'firing' })
})

test('a condition that goes away while pending is dropped without a word', () => {
  expect(decideAlert(pending(0), 'calm', HOLD, DAY_MS)).toEqual({ kind: 'drop' })
})

test('a firing alert resolves when it has been calm for long enough, and a relapse starts that anew', () => {
  const firing: OpenAlert = { state: 'firing', pendingAt: 0, calmSince: null }
  expect(decideAlert(firing, 'calm', HOLD, 10)).toEqual({ kind: 'keep', calmSince: 10 })
  const calm = { ...firing, calmSince: 10 }
  expect(decideAlert(calm, 'active', HOLD, 20)).toEqual({ kind: 'keep', calmSince: null })
  expect(decideAlert(calm, 'calm', HOLD, 10 + 2 * DAY_MS)).toEqual({ kind: 'resolve' })
})

test('what nobody watches any more ends at once', () => {
  const firing: OpenAlert = { state: 'firing', pendingAt: 0, calmSince: null }
  expect(decideAlert(firing, 'unwatched', HOLD, 10)).toEqual({ kind: 'resolve' })
  expect(decideAlert(pending(0), 'unwatched', HOLD, 10)).toEqual({ kind: 'drop' })
  expect(decideAlert(null, 'unwatched', HOLD, 10)).toEqual({ kind: 'none' })
})

test('too little data changes nothing', () => {
  expect(decideAlert(null, 'unknown', HOLD, 0)).toEqual({ kind: 'none' })
  expect(decideAlert(pending(0), 'unknown', HOLD, 9 * DAY_MS)).toMatchObject({ kind: 'keep' })
})

test('whatever comes, an alert fires only after its condition was active for the hold time', () => {
  const step = fc.record({
    condition: fc.constantFrom('active' as const, 'calm' as const, 'unknown' as const),
    // A clock may jump, also back.
    move: fc.integer({ min: -5, max: 10 }),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let open: OpenAlert | null = null
      let now = 100
      let activeSince: number | null = null
      const held: number[] = []
      for (const { condition, move } of steps) {
        now += move
        if (condition === 'calm' && open?.state !== 'firing') activeSince = null
        if (condition === 'active') activeSince ??= now
        const next = decideAlert(open, condition, { forMs: 7, keepFiringMs: 3 }, now)
        if (next.kind === 'fire') held.push(now - (activeSince ?? now))
        open = follow(open, next, now)
        if (next.kind === 'drop' || next.kind === 'resolve') activeSince = null
      }
      expect(held.every((ms) => ms >= 7)).toBe(true)
    }),
  )
})

function follow(open: OpenAlert | null, next: Transition, now: number): OpenAlert | null {
  switch (next.kind) {
    case 'open':
      return { state: next.state, pendingAt: now, calmSince: null }
    case 'fire':
      return open && { ...open, state: 'firing' }
    case 'keep':
      return open && { ...open, calmSince: next.calmSince }
    default:
      return null
  }
}

test('the policy is read: receivers, holds, the most exact one first', () => {
  const policy = alertsPolicySchema.parse([
    { to: 'slack', url: '${SLACK_WEBHOOK_URL}' },
    { rule: 'drift', for: '7d' },
    { rule: 'drift:weekday', for: '1d', keep_firing: '2d' },
  ])
  expect(receivers(policy)).toEqual([
    { place: 0, to: 'slack', url: '${SLACK_WEBHOOK_URL}', severity: 'warning' },
  ])
  expect(holdOf(policy, 'drift:weekday').forMs).toBe(DAY_MS)
  expect(holdOf(policy, 'drift:season').forMs).toBe(7 * DAY_MS)
  expect(holdOf(policy, 'quality')).toEqual({ forMs: 0, keepFiringMs: 0 })
})

test.each([
  [{ to: 'slack' }, ['url']],
  [{ to: 'slack', url: 'file:///etc/passwd' }, ['url']],
  [{ to: 'slack', url: 'https://x.test', rule: 'quality' }, ['rule']],
  [{}, []],
  [{ rule: 'quality', for: 'soon' }, ['for']],
])('a wrong entry is refused at its place: %j', (entry, path) => {
  const { error } = alertsPolicySchema.safeParse([entry])
  expect(error?.issues[0]?.path).toEqual([0, ...path])
})

test('an address that names an unset variable says which', () => {
  const lookup = (name: string) => ({ HOST: 'hooks.test' })[name]
  expect(resolvePlaceholders('https://${HOST}/a', lookup)).toMatchObject({
    text: 'https://hooks.test/a',
  })
  expect(resolvePlaceholders('${NONE}', lookup)).toEqual({ ok: false, missing: 'NONE' })
})
