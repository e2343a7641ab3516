import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideRoute } from './route.ts'
import type { RoutedEndpoint, RoutedRollout } from './schema.ts'

const champion = { version: 3, model_path: '/m/3.onnx', digest: null }
const rollout = (fraction: number, mode: RoutedRollout['mode'] = 'canary'): RoutedRollout => ({
  version: 4,
  model_path: '/m/4.onnx',
  digest: null,
  rollout_id: 'rol_1',
  mode,
  fraction,
  timeout_ms: 250,
})
const endpoint = (under: RoutedRollout | null, salt = 's'): RoutedEndpoint => ({
  model: 'births',
  salt,
  champion,
  rollout: under,
})
const keys = Array.from({ length: 2000 }, (_, index) => `user-${index}`)
const canaries = (of: RoutedEndpoint) => keys.filter((key) => decideRoute(of, key).arm === 'canary')

test('without a rollout the champion answers', () => {
  expect(decideRoute(endpoint(null), 'a')).toEqual({ arm: 'control', version: 3, shadow: null })
})

test('a fraction of 0 is nobody, of 1 is everybody', () => {
  expect(canaries(endpoint(rollout(0)))).toHaveLength(0)
  expect(canaries(endpoint(rollout(1)))).toHaveLength(keys.length)
})

test('a quarter is about a quarter, whatever the salt', () => {
  for (const salt of ['a', 'b', 'c']) {
    const share = canaries(endpoint(rollout(0.25), salt)).length / keys.length
    expect(share).toBeGreaterThan(0.21)
    expect(share).toBeLessThan(0.29)
  }
})

test('a growing fraction keeps who was in', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (key, fraction) => {
      const before = decideRoute(endpoint(rollout(fraction)), key)
      const after = decideRoute(endpoint(rollout(Math.min(1, fraction + 0.1))), key)
      expect(before.arm === 'canary' && after.arm !== 'canary').toBe(false)
    }),
  )
})

test('in shadow the champion answers, and the rollout sees the sampled keys', () => {
  const shadowed = endpoint(rollout(1, 'shadow'))
  expect(decideRoute(shadowed, 'a')).toEqual({
    arm: 'control',
    version: 3,
    shadow: shadowed.rollout,
  })
})
