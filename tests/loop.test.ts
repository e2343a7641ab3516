import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './databases.ts'
import { openWorld, type World } from './loop/world.ts'

/**
 * The circle, walked once: a shop's model learns, answers, is watched, becomes wrong because the world moved, is trained
 * again, proves that it is better, takes over step by step; then two challengers that must not take over do not.
 * Each test goes on where the one before it ended.
 */
const RATCHET_YAML = `
project: shop
models:
  sales:
    train: { stage: train, model: models/sales.txt, data: data/sales, until_param: train.until, holdout: 3d }
    evaluate: { metric: mae, gain: 0.1, confidence: 0.95, rows: 20 }
    deploy: { steps: [shadow 1d, 50% 2d, 100%], guards: { errors: { fail_after: 3 } }, on_little_evidence: advance }
    monitor:
      schedule: "0 0 * * 1"
      window: 7d
      label_delay: 1d
      features: {}
      performance: { metric: mae, at_most: 10, rows: 20 }
    retrain: { on: [ { performance: degraded } ], cooldown: 7d, budget: 2 per month }
    alerts: [ { rule: quality, for: 7d } ]
`

describe.each(databases)('the loop on $name', ({ open }) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(await open(), RATCHET_YAML)
  })
  afterAll(() => world.close())

  test('a first version is trained, has nobody to beat, and answers', async () => {
    await world.retrain()
    expect(await world.champion()).toBe(1)
    expect(await types()).toEqual([
      'automation.retraining_decided',
      'pipelines.started',
      'datasets.version_added',
      'pipelines.finished',
      'registry.model_created',
      'registry.version_created',
      'evaluation.decided',
      'registry.alias_set',
      'deployments.endpoint_created',
    ])
  })

  test('while it answers well, nothing happens', async () => {
    await world.live(14)
    const checks = await world.events('monitoring.checked')
    expect(checks.map(({ data }) => data.quality)).toEqual(['ok', 'ok'])
    expect(await world.firing()).toEqual([])
    expect(await world.events('automation.retraining_decided')).toHaveLength(1)
  })

  test('the world moves; the truth comes a day late; the alert waits a week, then fires', async () => {
    world.sales = 130
    await world.live(7)
    expect(await world.events('alerts.pending')).toHaveLength(1)
    expect(await world.firing()).toEqual([])
    await world.live(7)
    const [fired] = await world.events('alerts.fired')
    expect(fired?.data).toMatchObject({ model: 'sales', rule: 'quality' })
    const [checked] = await world.events('monitoring.checked').then((all) => all.slice(-1))
    expect(checked?.data.quality).toBe('degraded')
  })

  test('the alert leads to a retraining, that to a version, and that to a gate which it passes', async () => {
    const [, decided] = await world.events('automation.retraining_decided')
    expect(decided?.data).toMatchObject({ decision: 'yes', trigger: 'performance' })
    expect(decided?.causedBy).toMatch(/^alr_/)
    const [, finished] = await world.events('pipelines.finished')
    expect(finished?.data).toMatchObject({ status: 'succeeded', run_id: decided?.data.run_id })
    const [, version] = await world.events('registry.version_created')
    expect(version).toMatchObject({ causedBy: finished?.id, data: { version: 2 } })
    const [, gate] = await world.events('evaluation.decided')
    expect(gate).toMatchObject({
      causedBy: version?.id,
      data: { champion: 1, challenger: 2, verdict: 'passed' },
    })
    expect(await world.champion()).toBe(1)
  })

  test('it is asked in the shadow, then by half of the callers, then by all', async () => {
    expect(await world.rollout()).toMatchObject({ version: 2, step: 0 })
    await world.live(1)
    expect(await world.rollout()).toMatchObject({ version: 2, step: 1 })
    await world.live(3)
    expect(await world.rollout()).toBeNull()
    expect(await world.champion()).toBe(2)
    expect(await world.events('deployments.promoted')).toHaveLength(1)
    expect(await world.firing()).toEqual([])
  })

  test('a worse challenger is refused, and the champion stays', async () => {
    await world.live(3)
    world.books = (sales) => sales / 10
    await world.live(7)
    await world.retrain()
    const gate = (await world.events('evaluation.decided')).at(-1)
    expect(gate?.data).toMatchObject({ champion: 2, challenger: 3, verdict: 'failed' })
    expect(await world.rollout()).toBeNull()
    expect(await world.champion()).toBe(2)
    world.books = (sales) => sales
  })

  test('one that fails under live traffic is taken back, and no caller notices', async () => {
    world.sales = 170
    world.failsLive.add(4)
    await world.live(24)
    const gate = (await world.events('evaluation.decided')).at(-1)
    expect(gate?.data).toMatchObject({ challenger: 4, verdict: 'passed' })
    const [aborted] = await world.events('deployments.aborted')
    expect(aborted?.data).toMatchObject({ version: 4 })
    expect(await world.champion()).toBe(2)
    expect(await world.firing()).toContain('rollout')
    expect(world.answered.filter(({ output }) => !Number.isFinite(output))).toEqual([])
    expect(new Set(world.answered.map(({ version }) => version))).toEqual(new Set([1, 2]))
  })

  test('all of it has a cause, and every cause is there', async () => {
    const events = await world.events()
    const jobs = await world.jobs()
    const known = new Set([...events, ...jobs].map(({ id }) => id as string))
    const orphans = [...events, ...jobs].filter(
      ({ causedBy }) => causedBy !== null && /^(evt|job)_/.test(causedBy) && !known.has(causedBy),
    )
    expect(orphans).toEqual([])
    const uncaused = events.filter(({ causedBy }) => causedBy === null)
    expect(uncaused.map(({ type, data }) => [type, data.trigger])).toEqual([
      ['automation.retraining_decided', 'manual'],
      ['automation.retraining_decided', 'manual'],
    ])
    expect(jobs.filter(({ state }) => state === 'failed')).toEqual([])
  })

  test('why a prediction was what it was: back to the alert, the data and the commit', async () => {
    const steps = await world.why(world.answered.at(-1)?.id ?? '')
    const kinds = new Set(steps.map(({ kind }) => kind))
    expect(steps[0]).toMatchObject({ kind: 'prediction', causes: ['sales/2'] })
    for (const kind of ['version', 'rollout', 'gate', 'run', 'decision', 'alert', 'report'])
      expect(kinds).toContain(kind)
    expect(steps.find(({ kind }) => kind === 'data')?.id).toMatch(/^[0-9a-f]{32}\.dir$/)
    expect(steps.find(({ kind }) => kind === 'commit')?.sentence).toContain(
      'sales: the first model',
    )
  })

  const types = async () => (await world.events()).map(({ type }) => type)
})
