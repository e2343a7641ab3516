import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../base/time.ts'
import { pauseRollout, promoteNow } from './by-hand.ts'
import { type DeploymentsWorld, openDeployments, policy } from './deployments.testing.ts'
import { startRollout, stepRollout } from './rollouts.ts'
import { findEndpoint } from './store.ts'

let world: DeploymentsWorld
let database: DeploymentsWorld['database']
let clock: DeploymentsWorld['clock']
let deps: DeploymentsWorld['deps']
let file: DeploymentsWorld['file']
let startControlPlane: DeploymentsWorld['startControlPlane']
let routes: DeploymentsWorld['routes']
let births: DeploymentsWorld['births']
let types: DeploymentsWorld['types']
let start: DeploymentsWorld['start']
beforeEach(async () => {
  world = await openDeployments()
  ;({ database, clock, deps, file, startControlPlane, routes, births, types, start } = world)
})
afterEach(() => world.close())

describe('faults', () => {
  test('killed between commit and file: the next start writes the state that was committed', async () => {
    const killed = { ...deps, writeRoutes: async () => Promise.reject(new Error('killed')) }
    await expect(
      startRollout(killed, { endpoint: 'births', version: 4, policy, causedBy: null }),
    ).rejects.toThrow('killed')
    expect(births()?.rollout).toBeNull()
    const before = routes().epoch
    await startControlPlane().writeRoutes()
    expect(births()?.rollout).toMatchObject({ version: 4, mode: 'shadow' })
    expect(routes().epoch).toBe(before + 1)
  })
  test('a file that was torn or lost is written again', async () => {
    writeFileSync(file, '{"epoch":')
    await startControlPlane().writeRoutes()
    expect(births()?.champion.version).toBe(3)
    rmSync(file)
    await startControlPlane().writeRoutes()
    expect(births()?.champion.version).toBe(3)
  })
  test('a transaction that fails leaves neither alias, event nor route', async () => {
    const { id: rolloutId } = await start()
    const fenced = async () => Promise.reject(new Error('fenced'))
    const promote = promoteNow(deps, { rolloutId, reason: 'x', causedBy: null, alongside: fenced })
    await expect(promote).rejects.toThrow('fenced')
    expect(await findEndpoint(database.query, 'births')).toMatchObject({ champion: 3, history: [] })
    expect(await types()).not.toContain('deployments.promoted')
  })
  test('a decision on evidence that is out of date is dropped', async () => {
    const { id: rolloutId } = await start()
    clock.advance(3 * DAY_MS)
    const slow = {
      ...deps,
      loadEvidence: async () => {
        await pauseRollout(deps, { rolloutId, reason: 'wait', causedBy: null })
        return world.evidence
      },
    }
    const { decision, rollout } = await stepRollout(slow, { rolloutId, causedBy: null })
    expect(decision).toBeNull()
    expect(rollout).toMatchObject({ state: 'paused', step: 0 })
  })
  test('writes that overlap leave the newest state', async () => {
    const { id: rolloutId } = await start()
    await Promise.all([
      stepRollout(deps, { rolloutId, causedBy: null }),
      promoteNow(deps, { rolloutId, reason: 'now', causedBy: null }),
      deps.writeRoutes(),
    ])
    expect(births()).toMatchObject({ champion: { version: 4 }, rollout: null })
  })
})
