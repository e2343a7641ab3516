import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { abortRollout, pauseRollout, promoteNow, resumeRollout } from './by-hand.ts'
import type { DeploymentsDeps } from './deps.ts'
import { ensureEndpoint, rollback, switchChampion } from './endpoints.ts'
import { deployPolicySchema } from './policy.ts'
import { startRollout, stepRollout } from './rollouts.ts'
import { createRoutes, type RoutesSnapshot } from './routes.ts'
import { NO_EVIDENCE, type RolloutEvidence } from './schema.ts'
import { findEndpoint, findRollout, listRollouts } from './store.ts'
import { viewRollout } from './view.ts'

const T0 = Date.UTC(1983, 0, 1)
const policy = deployPolicySchema.parse({
  steps: ['shadow 3d', '50% 4d', '100%'],
  guards: { latency_p99: { timeout: '250ms' } },
  on_little_evidence: 'advance',
})

let database: Database
let folder: string
let file: string
let clock = manualClock(T0)
// Two requests, and nothing to say against either.
const QUIET: RolloutEvidence = {
  ...NO_EVIDENCE,
  challenger: { requests: 2, errors: 0, latenciesMs: [0.3, 0.4] },
}
let evidence = QUIET
let aliases: string[] = []
let deps: DeploymentsDeps
let events = createEventLog(clock)

const locateModel: DeploymentsDeps['locateModel'] = async (model, version) => {
  if (version > 9) throw new Error(`no version ${version}`)
  return { modelPath: `/models/${model}-${version}.onnx`, digest: `digest${version}` }
}

beforeEach(async () => {
  database = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-routes-'))
  file = join(folder, 'run', 'routes.json')
  clock = manualClock(T0)
  events = createEventLog(clock)
  evidence = QUIET
  aliases = []
  deps = startControlPlane()
  await ensureEndpoint(deps, { endpoint: 'births', model: 'births', version: 3, causedBy: 'run_1' })
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

function startControlPlane(): DeploymentsDeps {
  const pokeGateway = () => {}
  return {
    database,
    publish: events.publish,
    clock,
    locateModel,
    loadEvidence: async () => evidence,
    setChampion: async (_, { model, version }) => void aliases.push(`${model}@${version}`),
    writeRoutes: createRoutes({ database, locateModel, file, project: 'demo', pokeGateway }).write,
  }
}

const routes = (): RoutesSnapshot => JSON.parse(readFileSync(file, 'utf8')) as RoutesSnapshot
const births = () => routes().endpoints['births']
const types = async () => (await events.list(database.query, {})).map(({ type }) => type)
const start = (version = 4, more: { supersede?: boolean } = {}, causedBy: string | null = null) =>
  startRollout(deps, { endpoint: 'births', version, policy, causedBy, ...more })

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
    evidence = { ...NO_EVIDENCE, challenger: { requests: 3, errors: 3, latenciesMs: [] } }
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
        return evidence
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
