import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { metric, openTrackingWorld, type TrackingWorld } from './tracking-world.testing.ts'

let world: TrackingWorld
beforeEach(async () => {
  world = await openTrackingWorld()
})
afterEach(() => world.database.close())

describe('logging', () => {
  it('writes params once', async () => {
    const id = await world.startRun()
    await world.tracking.logBatch(id, { params: [{ key: 'depth', value: '3' }] })
    await world.tracking.logBatch(id, { params: [{ key: 'depth', value: '3' }] })
    await expect(
      world.tracking.logBatch(id, {
        params: [
          { key: 'new', value: '1' },
          { key: 'depth', value: '5' },
        ],
        tags: [{ key: 't', value: 'v' }],
      }),
    ).rejects.toMatchObject({
      detail: expect.stringContaining(
        "Changing param values is not allowed. Param with key='depth' was already logged with value='3'",
      ),
    })
    const twice = ['1', '1'].map((value) => ({ key: 'twice', value }))
    await expect(world.tracking.logBatch(id, { params: twice })).rejects.toMatchObject({
      detail: expect.stringContaining("Duplicate parameter keys have been submitted: ['twice']"),
    })
    const run = await world.tracking.getRun(id)
    expect(run.params).toEqual({ depth: '3' })
    expect(run.tags).not.toHaveProperty('t')
  })

  it('keeps the history of a metric and its latest value', async () => {
    const id = await world.startRun()
    await world.tracking.logBatch(id, {
      metrics: [metric('loss', 3, 0, 10), metric('loss', 1, 2, 30), metric('loss', 2, 1, 20)],
    })
    await world.tracking.logBatch(id, {
      metrics: [metric('loss', 9, 1, 40), metric('loss', 3, 0, 10)],
    })
    expect((await world.tracking.getRun(id)).metrics).toEqual([metric('loss', 1, 2, 30)])
    const { items } = await world.tracking.getMetricHistory(id, { key: 'loss' })
    expect(items.map((one) => one.value)).toEqual([3, 2, 1, 9])
    const first = await world.tracking.getMetricHistory(id, { key: 'loss', maxResults: 3 })
    const rest = await world.tracking.getMetricHistory(id, {
      key: 'loss',
      maxResults: 3,
      pageToken: first.nextPageToken ?? '',
    })
    expect([...first.items, ...rest.items]).toEqual(items)
  })

  it('tells NaN from zero, and keeps infinities finite', async () => {
    const id = await world.startRun()
    await world.tracking.logBatch(id, {
      metrics: [
        metric('nan', Number.NaN),
        metric('nan', 0),
        metric('up', Number.POSITIVE_INFINITY),
        metric('down', Number.NEGATIVE_INFINITY),
        metric('negative step', 1, -5),
      ],
    })
    const history = await world.tracking.getMetricHistory(id, { key: 'nan' })
    expect(history.items.map((one) => one.value)).toEqual(expect.arrayContaining([Number.NaN, 0]))
    const values = Object.fromEntries(
      (await world.tracking.getRun(id)).metrics.map((one) => [one.key, one.value]),
    )
    expect(values).toMatchObject({ up: 1.7976931348623157e308, down: -1.7976931348623157e308 })
  })

  it('takes many writers of one run at once', async () => {
    const id = await world.startRun()
    await Promise.all(
      Array.from({ length: 40 }, (_, step) =>
        world.tracking.logBatch(id, {
          metrics: Array.from({ length: 25 }, (_unused, at) => metric('m', step, step, at)),
          params: [{ key: `p${step}`, value: 'x' }],
        }),
      ),
    )
    expect((await world.tracking.getMetricHistory(id, { key: 'm' })).items).toHaveLength(1000)
    const run = await world.tracking.getRun(id)
    expect(run.metrics).toEqual([metric('m', 39, 39, 24)])
    expect(Object.keys(run.params)).toHaveLength(40)
  })

  it.each(['', '.', '..', '/a', 'a//b', 'a/../b', 'a/', 'a|b', 'x'.repeat(251)])(
    'refuses the key %j',
    async (key) => {
      const id = await world.startRun()
      for (const batch of [
        { metrics: [metric(key, 1)] },
        { params: [{ key, value: '1' }] },
        { tags: [{ key, value: '1' }] },
      ])
        await expect(world.tracking.logBatch(id, batch)).rejects.toMatchObject({
          code: 'TRACKING_INVALID',
        })
    },
  )

  it('notes what a run read and made', async () => {
    const id = await world.startRun()
    const dataset = {
      name: 'births',
      digest: 'abc',
      sourceType: 'local',
      source: '{}',
      schema: null,
      profile: '{"rows": 1}',
    }
    const input = { dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] }
    await world.tracking.logInputs(id, { datasets: [input, input], models: [] })
    const named = (name: string) => ({ dataset: { ...dataset, name }, tags: [] })
    await world.tracking.logInputs(id, { datasets: [named('zero'), named('all')], models: [] })
    await world.tracking.logOutputs(id, [{ modelId: 'm-1', step: 3 }])
    expect(await world.tracking.getRun(id)).toMatchObject({
      datasets: [input, named('zero'), named('all')],
      modelOutputs: [{ modelId: 'm-1', step: 3 }],
    })
    const found = async (filter: string) =>
      (await world.tracking.searchRuns({ experimentIds: ['0'], filter })).items.length
    expect(await found("dataset.name = 'births' AND dataset.context = 'training'")).toBe(1)
    expect(await found("dataset.context = 'eval'")).toBe(0)
    expect(await found("dataset.digest IN ('abc', 'def')")).toBe(1)
  })
})

describe('logged models', () => {
  it('wait for their files, then are ready', async () => {
    const runId = await world.startRun()
    const model = await world.tracking.createLoggedModel({
      experimentId: '0',
      name: 'ridge',
      sourceRunId: runId,
      params: [{ key: 'alpha', value: '1' }],
      tags: [{ key: 't', value: 'v' }],
    })
    expect(model).toMatchObject({
      status: 'PENDING',
      artifactUri: `mlflow-artifacts:/0/models/${model.id}/artifacts`,
      params: { alpha: '1' },
    })
    await world.tracking.logBatch(runId, {
      metrics: [{ ...metric('rmse', 2), modelId: model.id, datasetName: 'd', datasetDigest: 'x' }],
    })
    await world.tracking.finishLoggedModel(model.id, 'READY')
    const search = (filter: string) =>
      world.tracking.searchLoggedModels({ experimentIds: ['0'], filter })
    expect((await search("metrics.rmse < 3 AND name = 'ridge'")).items).toMatchObject([
      { id: model.id, status: 'READY', metrics: [{ value: 2, datasetName: 'd' }] },
    ])
    expect((await search("params.alpha = '2'")).items).toEqual([])
    await world.tracking.deleteLoggedModelTag(model.id, 't')
    await expect(world.tracking.deleteLoggedModelTag(model.id, 't')).rejects.toMatchObject({
      code: 'TRACKING_UNKNOWN',
    })
    await world.tracking.deleteLoggedModel(model.id)
    await expect(world.tracking.getLoggedModel(model.id)).rejects.toMatchObject({
      detail: `Logged model with ID '${model.id}' not found.`,
    })
    expect(await world.tracking.getLoggedModel(model.id, true)).toMatchObject({ id: model.id })
  })
})
