import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../base/time.ts'
import { abortRollout, pauseRollout, promoteNow, resumeRollout } from './by-hand.ts'
import { type DeploymentsWorld, openDeployments, policy, T0 } from './deployments.testing.ts'
import { rollback, switchChampion } from './endpoints.ts'
import { startRollout, stepRollout } from './rollouts.ts'
import { NO_EVIDENCE } from './schema.ts'
import { findRollout, listRollouts } from './store.ts'
import { viewRollout } from './view.ts'

let world: DeploymentsWorld
let database: DeploymentsWorld['database']
let clock: DeploymentsWorld['clock']
let events: DeploymentsWorld['events']
let deps: DeploymentsWorld['deps']
let file: DeploymentsWorld['file']
let aliases: DeploymentsWorld['aliases']
let births: DeploymentsWorld['births']
let types: DeploymentsWorld['types']
let start: DeploymentsWorld['start']
beforeEach(async () => {
  world = await openDeployments()
  ;({ database, clock, events, deps, file, aliases, births, types, start } = world)
})
afterEach(() => world.close())

describe('a rollout that nothing speaks against', () => {
  test('goes shadow, half, champion; each change is an event and a route', async () => {
    const { id: rolloutId } = await start(4, {}, 'gate_1')
    expect(births()).toMatchObject({
      model: 'births',
      champion: { version: 3, model_path: '/models/births-3.onnx', digest: 'digest3' },
      rollout: { rollout_id: rolloutId, version: 4, mode: 'shadow', fraction: 1, timeout_ms: 250 },
    })
    clock.advance(2 * DAY_MS)
    const held = await stepRollout(deps, { rolloutId, causedBy: 'job_1' })
    expect(held).toMatchObject({ decision: { kind: 'hold' }, rollout: { step: 0 } })
    clock.advance(DAY_MS)
    await stepRollout(deps, { rolloutId, causedBy: 'job_2' })
    expect(births()?.rollout).toMatchObject({ mode: 'canary', fraction: 0.5 })
    clock.advance(4 * DAY_MS)
    await stepRollout(deps, { rolloutId, causedBy: 'job_3' })
    expect(births()).toMatchObject({ champion: { version: 4 }, rollout: null })
    expect(aliases).toEqual(['births@3', 'births@4'])
    const ended = await findRollout(database.query, rolloutId)
    expect(ended === null ? null : viewRollout(ended).steps).toEqual([
      { name: 'shadow 3d', state: 'done', from: T0, to: T0 + 3 * DAY_MS, note: expect.any(String) },
      {
        name: '50% 4d',
        state: 'done',
        from: T0 + 3 * DAY_MS,
        to: T0 + 7 * DAY_MS,
        note: ended?.reason,
      },
      { name: '100%', state: 'done', from: null, to: null, note: null },
    ])
    expect(await types()).toEqual([
      'deployments.endpoint_created',
      'deployments.rollout_started',
      'deployments.rollout_stepped',
      'deployments.promoted',
    ])
    const [promoted] = await events.list(database.query, { types: ['deployments.promoted'] })
    expect(promoted).toMatchObject({
      subject: 'endpoint:births',
      causedBy: 'job_3',
      data: {
        rollout_id: rolloutId,
        endpoint: 'births',
        model: 'births',
        version: 4,
        step: '50% 4d',
      },
    })
  })

  test('writes nothing for a look that saw nothing new, and the epoch stands still', async () => {
    const { id: rolloutId } = await start()
    await stepRollout(deps, { rolloutId, causedBy: null })
    const [before, text] = [
      await findRollout(database.query, rolloutId),
      readFileSync(file, 'utf8'),
    ]
    await stepRollout(deps, { rolloutId, causedBy: null })
    expect(await findRollout(database.query, rolloutId)).toEqual(before)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

describe('a challenger that fails under traffic', () => {
  test('is stopped, its evidence kept, and the champion answers everything', async () => {
    const { id: rolloutId } = await start()
    world.evidence = { ...NO_EVIDENCE, challenger: { requests: 3, errors: 3, latenciesMs: [] } }
    const { decision, rollout } = await stepRollout(deps, { rolloutId, causedBy: null })
    expect(decision).toMatchObject({ kind: 'abort', check: 'errors' })
    expect(births()).toMatchObject({ champion: { version: 3 }, rollout: null })
    expect(rollout.evidence?.challenger).toEqual({
      requests: 3,
      errors: 3,
      p50Ms: null,
      p99Ms: null,
    })
    expect(await findRollout(database.query, rolloutId)).toMatchObject({
      evidence: rollout.evidence,
    })
    expect(rollout.points).toMatchObject([{ guard: 'errors', n: 3, estimate: 1 }])
    const view = viewRollout(rollout)
    expect(view.sentence).toMatch(
      /^Version 4 was stopped at shadow 3d, and version 3 answers everything: 3 of 3 requests failed/,
    )
    expect(view).toMatchObject({ split: { champion: 1, challenger: 0 }, actions: [] })
    expect(view.sequence).toMatchObject({ guard: { guard: 'errors' }, points: [{ n: 3 }] })
    expect(view.steps.map(({ state }) => state)).toEqual(['failed', 'skipped', 'skipped'])
    const [aborted] = await events.list(database.query, { types: ['deployments.aborted'] })
    expect(aborted?.data).toMatchObject({ check: 'errors', version: 4, step: 'shadow 3d' })
    expect((await stepRollout(deps, { rolloutId, causedBy: null })).decision).toBeNull()
  })
})

describe('one rollout an endpoint', () => {
  test('the same cause or version finds the one that is there', async () => {
    const first = await start(4, {}, 'evt_1')
    expect((await start(4, {}, 'evt_2')).id).toBe(first.id)
    await abortRollout(deps, { rolloutId: first.id, reason: 'no', causedBy: null })
    expect((await start(4, {}, 'evt_1')).id).toBe(first.id)
    expect((await start(4, {}, 'evt_3')).id).not.toBe(first.id)
  })
  test('another version is refused, or takes its place when asked to', async () => {
    const first = await start(4)
    await expect(start(5)).rejects.toMatchObject({ code: 'ROLLOUT_RUNNING', status: 409 })
    const second = await start(5, { supersede: true })
    expect(await findRollout(database.query, first.id)).toMatchObject({
      state: 'aborted',
      reason: 'Superseded by version 5',
    })
    expect(births()?.rollout).toMatchObject({ rollout_id: second.id, version: 5 })
  })
  test('the champion itself, an unknown endpoint and a version without a file are refused', async () => {
    await expect(start(3)).rejects.toMatchObject({ code: 'ROLLOUT_POINTLESS' })
    await expect(start(10)).rejects.toThrow('no version 10')
    const nowhere = { endpoint: 'x', version: 4, policy, causedBy: null }
    await expect(startRollout(deps, nowhere)).rejects.toMatchObject({
      code: 'ENDPOINT_UNKNOWN',
      exit: 4,
    })
    expect(await listRollouts(database.query, {})).toEqual([])
  })
})

describe('by hand', () => {
  test('pause keeps the split and the step; resume goes on', async () => {
    const { id: rolloutId } = await start()
    await pauseRollout(deps, { rolloutId, reason: 'let me look', causedBy: null })
    clock.advance(9 * DAY_MS)
    expect((await stepRollout(deps, { rolloutId, causedBy: null })).decision?.kind).toBe('hold')
    expect(births()?.rollout).toMatchObject({ mode: 'shadow' })
    expect(await findRollout(database.query, rolloutId)).toMatchObject({ reason: 'let me look' })
    await resumeRollout(deps, { rolloutId, reason: 'fine', causedBy: null })
    expect((await stepRollout(deps, { rolloutId, causedBy: null })).decision?.kind).toBe('advance')
  })
  test('promote skips what is left; what has ended does not change', async () => {
    const { id: rolloutId } = await start()
    await promoteNow(deps, { rolloutId, reason: 'I know it is good', causedBy: null })
    expect(births()).toMatchObject({ champion: { version: 4 }, rollout: null })
    const again = abortRollout(deps, { rolloutId, reason: 'no', causedBy: null })
    await expect(again).rejects.toMatchObject({ code: 'ROLLOUT_ENDED' })
  })
  test('rollback brings the last champion back, one at a time, and stops what is under way', async () => {
    const { id: promoted } = await start(4)
    await promoteNow(deps, { rolloutId: promoted, reason: 'good', causedBy: null })
    await switchChampion(deps, {
      endpoint: 'births',
      version: 5,
      reason: 'alias moved',
      causedBy: null,
    })
    const { id: running } = await start(6)
    await rollback(deps, { endpoint: 'births', causedBy: null })
    expect(births()).toMatchObject({ champion: { version: 4 }, rollout: null })
    expect(await findRollout(database.query, running)).toMatchObject({ state: 'aborted' })
    await rollback(deps, { endpoint: 'births', causedBy: null })
    expect(births()).toMatchObject({ champion: { version: 3 } })
    expect(await findRollout(database.query, promoted)).toMatchObject({ state: 'rolled_back' })
    const third = rollback(deps, { endpoint: 'births', causedBy: null })
    await expect(third).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' })
    expect(aliases.at(-1)).toBe('births@3')
  })
})

test('keys that go first differ from challenger to challenger, and not from run to run', async () => {
  const salts: (string | undefined)[] = [births()?.salt]
  for (const version of [4, 5]) {
    const { id: rolloutId } = await start(version)
    salts.push(births()?.salt)
    await abortRollout(deps, { rolloutId, reason: 'x', causedBy: null })
  }
  expect(new Set(salts).size).toBe(3)
  expect(births()?.salt).toBe(salts[0])
})
