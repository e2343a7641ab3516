import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { createTracking, type Tracking } from './index.ts'

let database: Database
let tracking: Tracking
const clock = manualClock(1_000)
const events = createEventLog(clock)

beforeEach(async () => {
  database = await testDatabase()
  clock.set(1_000)
  tracking = createTracking({ database, clock, publish: events.publish })
})
afterEach(() => database.close())

const startRun = async () => (await tracking.createRun({ experimentId: '0' })).id
const metric = (key: string, value: number, step = 0, at = 1) => ({ key, value, step, at })

describe('experiments', () => {
  it('begin with Default', async () => {
    expect(await tracking.getExperiment('0')).toMatchObject({
      name: 'Default',
      lifecycle: 'active',
    })
  })

  it('have Default where artifacts are kept, unless it has runs elsewhere', async () => {
    const artifactRoot = 'file:///mnt/models'
    const placed = createTracking({ database, clock, publish: events.publish, artifactRoot })
    await placed.createRun({ experimentId: '0' })
    await placed.placeDefault()
    expect((await placed.getExperiment('0')).artifactLocation).toBe('mlflow-artifacts:/0')
    const fresh = await testDatabase()
    const other = createTracking({ database: fresh, clock, publish: events.publish, artifactRoot })
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
    const experimentId = await tracking.createExperiment({ name: 'a', artifactLocation })
    const { id } = await tracking.createRun({ experimentId })
    expect((await tracking.getRunInfo(id)).artifactUri).toBe(expected(id))
  })

  it('keep their name, also when deleted', async () => {
    const id = await tracking.createExperiment({ name: 'a', tags: [{ key: 'k', value: 'v' }] })
    expect(await tracking.findExperiment('a')).toMatchObject({
      id,
      artifactLocation: `mlflow-artifacts:/${id}`,
      tags: { k: 'v' },
    })
    await tracking.deleteExperiment(id)
    await expect(tracking.createExperiment({ name: 'a' })).rejects.toMatchObject({
      code: 'TRACKING_EXISTS',
      detail: expect.stringMatching(/^Experiment\(name=a\) already exists in deleted state/),
    })
    expect(await tracking.getExperiment(id)).toMatchObject({ lifecycle: 'deleted' })
    await expect(tracking.renameExperiment(id, 'b')).rejects.toMatchObject({
      code: 'TRACKING_STATE',
    })
    await tracking.restoreExperiment(id)
    await tracking.renameExperiment(id, 'b')
    expect(await tracking.findExperiment('a')).toBeNull()
  })

  it('take their runs along, both ways', async () => {
    const id = await tracking.createExperiment({ name: 'a' })
    const { id: runId } = await tracking.createRun({ experimentId: id })
    await tracking.deleteExperiment(id)
    expect((await tracking.getRunInfo(runId)).lifecycle).toBe('deleted')
    await expect(tracking.createRun({ experimentId: id })).rejects.toMatchObject({
      detail: `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
    })
    await tracking.restoreExperiment(id)
    expect((await tracking.getRunInfo(runId)).lifecycle).toBe('active')
  })

  it('are found by name, tag and time', async () => {
    await tracking.createExperiment({ name: 'alpha', tags: [{ key: 'team', value: 'x' }] })
    clock.advance(10)
    await tracking.createExperiment({ name: 'Beta' })
    const names = async (filter: string) =>
      (await tracking.searchExperiments({ filter, maxResults: 10 })).items.map((one) => one.name)
    expect(await names('')).toEqual(['Beta', 'alpha', 'Default'])
    expect(await names("name ILIKE 'b%'")).toEqual(['Beta'])
    expect(await names("tags.team = 'x'")).toEqual(['alpha'])
    expect(await names("tags.team IS NULL AND name != 'Default'")).toEqual(['Beta'])
    expect(await names('creation_time > 1000')).toEqual(['Beta'])
    await expect(tracking.searchExperiments({ maxResults: 0 })).rejects.toMatchObject({
      status: 400,
    })
  })
})

describe('runs', () => {
  it('have a name that is their tag', async () => {
    const run = await tracking.createRun({ experimentId: '0', name: 'first', userId: 'ada' })
    expect(run).toMatchObject({
      status: 'RUNNING',
      startTime: 1_000,
      tags: { 'mlflow.runName': 'first', 'mlflow.user': 'ada' },
      artifactUri: `mlflow-artifacts:/0/${run.id}/artifacts`,
    })
    expect(run.id).toMatch(/^[0-9a-f]{32}$/)
    await tracking.updateRun(run.id, { name: 'second' })
    expect((await tracking.getRun(run.id)).tags['mlflow.runName']).toBe('second')
    await tracking.logBatch(run.id, { tags: [{ key: 'mlflow.runName', value: 'third' }] })
    expect((await tracking.getRun(run.id)).name).toBe('third')
    const unnamed = await tracking.createRun({ experimentId: '0' })
    expect(unnamed.name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    await expect(
      tracking.createRun({
        experimentId: '0',
        name: 'a',
        tags: [{ key: 'mlflow.runName', value: 'b' }],
      }),
    ).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  })

  it('announce their end once', async () => {
    const id = await startRun()
    await tracking.updateRun(id, { status: 'FINISHED', endTime: 5 })
    await tracking.updateRun(id, { status: 'FINISHED' })
    expect(await tracking.getRun(id)).toMatchObject({ status: 'FINISHED', endTime: 5 })
    const announced = await events.list(database.query, { types: ['tracking.run_finished'] })
    expect(announced.map((event) => event.subject)).toEqual([`run:${id}`])
  })

  it('refuse writing after they were deleted, until restored', async () => {
    const id = await startRun()
    await tracking.deleteRun(id)
    await tracking.deleteRun(id)
    await expect(tracking.logBatch(id, { metrics: [metric('m', 1)] })).rejects.toMatchObject({
      detail: `The run ${id} must be in the 'active' state. Current state is deleted.`,
    })
    await tracking.restoreRun(id)
    await tracking.logBatch(id, { metrics: [metric('m', 1)] })
  })

  it('say when there is no such run', async () => {
    await expect(tracking.getRun('0'.repeat(32))).rejects.toMatchObject({
      code: 'TRACKING_UNKNOWN',
      detail: `Run with id=${'0'.repeat(32)} not found`,
    })
    await expect(tracking.getRun('../x')).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  })
})
