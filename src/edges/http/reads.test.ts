import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, toIso } from '../../base/time.ts'
import { checkMonitor } from '../../capabilities/monitoring/index.ts'
import { insertJob } from '../../jobs/index.ts'
import { openWorld, T0, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'
import { liveOnce } from './story.testing.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('an empty project', () => {
  it('answers each read in the shape of the contract', async () => {
    const status = await world.read(contract.statusSchema, '/status')
    expect(status).toMatchObject({ project: 'demo', replay: { now: toIso(T0) }, last_seq: 0 })
    const { items } = await world.read(contract.modelListSchema, '/models')
    expect(items).toMatchObject([{ name: 'births', champion: null, attention: false }])
    const timeline = await world.read(contract.timelineSchema, '/models/births/timeline')
    expect(timeline).toMatchObject({ quality: [], versions: [], guard: 500, baseline: null })
    for (const path of ['/gates', '/rollouts', '/alerts', '/jobs', '/pipelines/runs'])
      expect((await world.request('GET', path)).json()).toEqual({
        items: [],
        next_page_token: null,
      })
    await world.read(contract.modelSchema, '/models/births')
    expect(await world.read(contract.eventListSchema, '/events')).toEqual({
      items: [],
      last_seq: 0,
    })
  })
})

describe('a model that has lived', () => {
  it('says on the Loop where it is and why', async () => {
    await liveOnce(world)
    const { items } = await world.read(contract.modelListSchema, '/models')
    const [row] = items
    expect(row).toMatchObject({
      loop: { step: 'deploy', state: 'working', word: 'at shadow 3d' },
      champion: { version: 1, since: toIso(T0) },
      attention: false,
    })
    expect(row?.quality).toMatchObject({ guard: 500, metric: { name: 'mae', unit: 'births' } })
    expect(row?.quality?.value).toBeCloseTo(900)
    expect(row?.quality?.points.at(-1)?.value).toBeCloseTo(900)
    expect(row?.last_decision?.sentence).toBe(
      'births: version 2 is being rolled out, first shadow 3d.',
    )
    const model = await world.read(contract.modelSchema, '/models/births')
    expect(model).toMatchObject({ endpoint: 'births', versions: 2, retraining: false })
    const status = await world.read(contract.statusSchema, '/status')
    expect(status.counts).toMatchObject({ rollouts_running: 1, alerts_firing: 1 })
  })

  it('has its versions, gate, rollout and alert', async () => {
    const { gate, rollout } = await liveOnce(world)
    const versions = await world.read(contract.versionListSchema, '/models/births/versions')
    expect(versions.items).toMatchObject([
      { version: 2, status: 'rolling_out', gate_id: gate.id, rollout_id: rollout.id },
      { version: 1, status: 'champion', data_hash: 'a1b2', commit: 'c3d4' },
    ])
    const read = await world.read(contract.gateSchema, `/gates/${gate.id}`)
    expect(read).toMatchObject({ verdict: 'passed', rollout_id: rollout.id, rows: 60 })
    expect(read.checks[0]).toMatchObject({ verdict: 'passed', lower_is_better: true })
    expect((await world.read(contract.gateListSchema, '/gates?model=births')).items).toHaveLength(1)
    expect((await world.read(contract.gateListSchema, '/gates?model=other')).items).toEqual([])
    const shown = await world.read(contract.rolloutSchema, `/rollouts/${rollout.id}`)
    expect(shown).toMatchObject({ state: 'running', gate_id: gate.id, split: { champion: 1 } })
    expect(shown.steps.map(({ state }) => state)).toEqual(['current', 'waiting', 'waiting'])
    const alerts = await world.read(contract.alertListSchema, '/alerts?state=firing')
    expect(alerts.items).toMatchObject([{ rule: 'quality', severity: 'warning', model: 'births' }])
    const counts = await world.read(contract.countsSchema, '/models/births/counts')
    expect(counts).toMatchObject({ predictions: { logged: 56, labelled: 56 }, rolled_back: 0 })
  })

  it('puts everything on one time axis', async () => {
    await liveOnce(world)
    const timeline = await world.read(contract.timelineSchema, '/models/births/timeline')
    expect(timeline).toMatchObject({
      extent: { from: toIso(T0), to: toIso(T0 + 60 * DAY_MS) },
      window_days: 1,
      versions: [{ version: 1, status: 'champion', to: null }],
    })
    expect(timeline.traffic[0]).toEqual({
      at: toIso(T0 + DAY_MS),
      answered: 1,
      failed: 0,
      labelled: 1,
    })
    const kinds = timeline.events.map(({ kind }) => kind)
    expect(kinds).toEqual(['promoted', 'alert', 'retraining', 'gate_passed', 'rollout'])
    const part = `/models/births/timeline?from=${toIso(T0)}&to=${toIso(T0 + 10 * DAY_MS)}`
    expect((await world.read(contract.timelineSchema, part)).traffic).toHaveLength(10)
  })

  it('tells what happened below what led to it', async () => {
    await liveOnce(world)
    const { items } = await world.read(contract.eventListSchema, '/events')
    const story = items.map(({ type, depth }) => `${'  '.repeat(depth)}${type}`)
    expect(story).toEqual([
      'registry.version_created',
      'monitoring.checked',
      '  alerts.fired',
      '    automation.retraining_decided',
      '      evaluation.decided',
      '        deployments.rollout_started',
      'deployments.endpoint_created',
      'registry.version_created',
    ])
    // The same trouble a week later leads to nothing new.
    world.clock.advance(DAY_MS)
    await checkMonitor(world.monitoring, { model: 'births', causedBy: 'job_2' })
    expect((await world.read(contract.eventListSchema, '/events')).items).toEqual(items)
    const all = await world.read(contract.eventListSchema, '/events?after=0')
    expect(all.items.length).toBeGreaterThan(items.length)
    expect(all.items.map(({ seq }) => seq)).toEqual(all.items.map((_, index) => index + 1))
    const endpoint = await world.read(contract.eventListSchema, '/events?subject=endpoint:')
    expect(endpoint.items).toHaveLength(2)
    const model = await world.read(contract.eventListSchema, '/events?subject=model:births')
    expect(model.items.map(({ type }) => type)).toContain('monitoring.checked')
  })

  it('is found', async () => {
    const { gate } = await liveOnce(world)
    const titles = async (q: string) =>
      (await world.read(contract.searchResultsSchema, `/search?q=${q}`)).items.map(
        ({ title }) => title,
      )
    expect(await titles('births')).toContain('births')
    expect(await titles('BIRTHS%2F2')).toEqual(['births/2'])
    expect(await titles('births%20v2')).toEqual(['births/2'])
    expect(await titles(gate.id)).toEqual(['Gate of births 2'])
    expect(await titles('')).toEqual([])
  })
})

describe('lists', () => {
  it('go on where the page before ended, also when something new came first', async () => {
    const add = (kind: string) =>
      world.database.transaction((tx) =>
        insertJob(tx, { kind, payload: { model: 'births' }, causedBy: null }, world.clock.now()),
      )
    for (const kind of ['a', 'b', 'c']) await add(kind)
    const page = await world.read(contract.jobListSchema, '/jobs?page_size=2')
    expect(page.items).toMatchObject([
      { kind: 'c', state: 'waiting', subject: 'model:births' },
      { kind: 'b' },
    ])
    await add('d')
    const next = await world.read(
      contract.jobListSchema,
      `/jobs?page_size=2&page_token=${page.next_page_token}`,
    )
    expect(next).toMatchObject({ items: [{ kind: 'a' }], next_page_token: null })
  })
})

describe('why', () => {
  it('tells the chain and what it stands on', async () => {
    const fact = { data: 'a1b2', commit: null }
    world.nodes.set('births/2', {
      id: 'births/2',
      kind: 'version',
      at: T0,
      sentence: 'It was trained.',
      facts: fact,
      causes: ['gate_1'],
    })
    world.nodes.set('gate_1', {
      id: 'gate_1',
      kind: 'gate',
      at: null,
      sentence: 'It passed.',
      facts: {},
      causes: [],
    })
    const why = await world.read(contract.whySchema, '/why/births%2F2')
    expect(why).toMatchObject({
      id: 'births/2',
      sentence: 'It was trained.',
      facts: [{ name: 'version data', value: 'a1b2' }],
    })
    expect(why.chain).toMatchObject([{ depth: 0 }, { depth: 1, link: { page: 'gate' } }])
  })
})
