import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../../storage/database/database.testing.ts'
import { createTracking } from './index.ts'
import { metric, openTrackingWorld, type TrackingWorld } from './tracking-world.testing.ts'

let world: TrackingWorld
beforeEach(async () => {
  world = await openTrackingWorld()
})
afterEach(() => world.database.close())

describe('experiments', () => {
  it('begin with Default', async () => {
    expect(await world.tracking.getExperiment('0')).toMatchObject({
      name: 'Default',
      lifecycle: 'active',
    })
  })

  it('have Default where artifacts are kept, unless it has runs elsewhere', async () => {
    const artifactRoot = 'file:///mnt/models'
    const placed = createTracking({ ...world, artifactRoot })
    await placed.createRun({ experimentId: '0' })
    await placed.placeDefault()
    expect((await placed.getExperiment('0')).artifactLocation).toBe('mlflow-artifacts:/0')
    const fresh = await testDatabase()
    const other = createTracking({ ...world, database: fresh, artifactRoot })
    await other.placeDefault()
    const { id } = await other.createRun({ experimentId: '0' })
    expect((await other.getRunInfo(id)).artifactUri).toBe(`${artifactRoot}/0/${id}/artifacts`)
    await fresh.close()
  })

  it.each([
    [
      's3://bucket/a?versions=on#part',
      (id: string) => `s3://bucket/a/${id}/artifacts?versions=on#part`,
    ],
    ['/mnt/is #1?', (id: string) => `/mnt/is #1?/${id}/artifacts`],
  ])('have runs below %s', async (artifactLocation, expected) => {
    const experimentId = await world.tracking.createExperiment({ name: 'a', artifactLocation })
    const { id } = await world.tracking.createRun({ experimentId })
    expect((await world.tracking.getRunInfo(id)).artifactUri).toBe(expected(id))
  })

  it('keep their name, also when deleted', async () => {
    const id = await world.tracking.createExperiment({
      name: 'a',
      tags: [{ key: 'k', value: 'v' }],
    })
    expect(await world.tracking.findExperiment('a')).toMatchObject({
      id,
      artifactLocation: `mlflow-artifacts:/${id}`,
      tags: { k: 'v' },
    })
    await world.tracking.deleteExperiment(id)
    await expect(world.tracking.createExperiment({ name: 'a' })).rejects.toMatchObject({
      code: 'TRACKING_EXISTS',
      detail: expect.stringMatching(/^Experiment\(name=a\) already exists in deleted state/),
    })
    expect(await world.tracking.getExperiment(id)).toMatchObject({ lifecycle: 'deleted' })
    await expect(world.tracking.renameExperiment(id, 'b')).rejects.toMatchObject({
      code: 'TRACKING_STATE',
    })
    await world.tracking.restoreExperiment(id)
    await world.tracking.renameExperiment(id, 'b')
    expect(await world.tracking.findExperiment('a')).toBeNull()
  })

  it('take their runs along, both ways', async () => {
    const id = await world.tracking.createExperiment({ name: 'a' })
    const { id: runId } = await world.tracking.createRun({ experimentId: id })
    await world.tracking.deleteExperiment(id)
    expect((await world.tracking.getRunInfo(runId)).lifecycle).toBe('deleted')
    await expect(world.tracking.createRun({ experimentId: id })).rejects.toMatchObject({
      detail: `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
    })
    await world.tracking.restoreExperiment(id)
    expect((await world.tracking.getRunInfo(runId)).lifecycle).toBe('active')
  })

  it('are found by name, tag and time', async () => {
    await world.tracking.createExperiment({ name: 'alpha', tags: [{ key: 'team', value: 'x' }] })
    world.clock.advance(10)
    await world.tracking.createExperiment({ name: 'Beta' })
    const names = async (filter: string) =>
      (await world.tracking.searchExperiments({ filter, maxResults: 10 })).items.map(
        (one) => one.name,
      )
    expect(await names('')).toEqual(['Beta', 'alpha', 'Default'])
    expect(await names("name ILIKE 'b%'")).toEqual(['Beta'])
    expect(await names("tags.team = 'x'")).toEqual(['alpha'])
    expect(await names("tags.team IS NULL AND name != 'Default'")).toEqual(['Beta'])
    expect(await names('creation_time > 1000')).toEqual(['Beta'])
    await expect(world.tracking.searchExperiments({ maxResults: 0 })).rejects.toMatchObject({
      status: 400,
    })
  })
})

describe('runs', () => {
  it('have a name that is their tag', async () => {
    const run = await world.tracking.createRun({ experimentId: '0', name: 'first', userId: 'ada' })
    expect(run).toMatchObject({
      status: 'RUNNING',
      startTime: 1_000,
      tags: { 'mlflow.runName': 'first', 'mlflow.user': 'ada' },
      artifactUri: `mlflow-artifacts:/0/${run.id}/artifacts`,
    })
    expect(run.id).toMatch(/^[0-9a-f]{32}$/)
    await world.tracking.updateRun(run.id, { name: 'second' })
    expect((await world.tracking.getRun(run.id)).tags['mlflow.runName']).toBe('second')
    await world.tracking.logBatch(run.id, { tags: [{ key: 'mlflow.runName', value: 'third' }] })
    expect((await world.tracking.getRun(run.id)).name).toBe('third')
    const unnamed = await world.tracking.createRun({ experimentId: '0' })
    expect(unnamed.name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    await expect(
      world.tracking.createRun({
        experimentId: '0',
        name: 'a',
        tags: [{ key: 'mlflow.runName', value: 'b' }],
      }),
    ).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  })

  it('announce their end once', async () => {
    const id = await world.startRun()
    await world.tracking.updateRun(id, { status: 'FINISHED', endTime: 5 })
    await world.tracking.updateRun(id, { status: 'FINISHED' })
    expect(await world.tracking.getRun(id)).toMatchObject({ status: 'FINISHED', endTime: 5 })
    const announced = await world.listEvents(world.database.query, {
      types: ['tracking.run_finished'],
    })
    expect(announced.map((event) => event.subject)).toEqual([`run:${id}`])
  })

  it('refuse writing after they were deleted, until restored', async () => {
    const id = await world.startRun()
    await world.tracking.deleteRun(id)
    await world.tracking.deleteRun(id)
    await expect(world.tracking.logBatch(id, { metrics: [metric('m', 1)] })).rejects.toMatchObject({
      detail: `The run ${id} must be in the 'active' state. Current state is deleted.`,
    })
    await world.tracking.restoreRun(id)
    await world.tracking.logBatch(id, { metrics: [metric('m', 1)] })
  })

  it('say when there is no such run', async () => {
    await expect(world.tracking.getRun('0'.repeat(32))).rejects.toMatchObject({
      code: 'TRACKING_UNKNOWN',
      detail: `Run with id=${'0'.repeat(32)} not found`,
    })
    await expect(world.tracking.getRun('../x')).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  })
})
