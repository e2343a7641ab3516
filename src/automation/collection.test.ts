import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, manualClock } from '../base/time.ts'
import { createRegistry, type Registry } from '../capabilities/registry/index.ts'
import {
  createArtifacts,
  createTraces,
  createTracking,
  type Tracking,
} from '../capabilities/tracking/index.ts'
import { createEventLog } from '../events/index.ts'
import { localBlobs } from '../storage/blobs/index.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import { collect, type CollectionDeps, type CollectionRule, planCollection } from './collection.ts'

const ALL: CollectionRule = {
  before: Number.MAX_SAFE_INTEGER,
  experimentIds: null,
  runIds: null,
  modelIds: null,
  keepLast: 0,
  orphansBefore: null,
}
const clock = manualClock(0)

let folder: string
let deps: CollectionDeps
let tracking: Tracking
let registry: Registry

beforeEach(async () => {
  clock.set(10 * DAY_MS)
  folder = mkdtempSync(join(tmpdir(), 'ratchet-collection-'))
  const database = await testDatabase()
  const { publish } = createEventLog(clock)
  const artifacts = createArtifacts(folder)
  const blobs = localBlobs(join(folder, 'sha256'))
  tracking = createTracking({ database, clock, publish })
  registry = createRegistry({
    database,
    clock,
    publish,
    blobs,
    findLoggedModel: tracking.findLoggedModelSource,
    localArtifacts: artifacts.localPath,
  })
  const { signal } = new AbortController()
  deps = {
    database,
    tracking,
    registry,
    artifacts,
    blobs,
    signal,
    onProgress: () => {},
  }
})
afterEach(async () => {
  await deps.database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function finishedRun(name: string): Promise<string> {
  const { id } = await tracking.createRun({ experimentId: '0', name })
  await tracking.logBatch(id, {
    metrics: [1, 2, 3].map((step) => ({ key: 'loss', value: step, at: step, step })),
    params: [{ key: 'p', value: 'v' }],
  })
  await deps.artifacts.write(`0/${id}/artifacts/model/model.onnx`, Buffer.from('onnx'))
  clock.advance(1000)
  return id
}

async function collected(rule: Partial<CollectionRule> = {}) {
  return collect(deps, await planCollection(deps, { ...ALL, ...rule }))
}

const isThere = (id: string): Promise<boolean> =>
  tracking.getRunInfo(id).then(
    () => true,
    () => false,
  )

describe('a deleted run', () => {
  it('goes with its rows and files, and says what it freed; others stay', async () => {
    const [gone, stays] = [await finishedRun('gone'), await finishedRun('stays')]
    await tracking.deleteRun(gone)
    // Three points, one series, a param, the tag of its name, the run.
    expect(await collected()).toMatchObject({ runs: 1, rows: 7, files: 1, bytes: 4 })
    expect(await isThere(gone)).toBe(false)
    expect(existsSync(join(folder, '0', gone))).toBe(false)
    expect((await tracking.getRun(stays)).metrics).toHaveLength(1)
    expect(existsSync(join(folder, '0', stays, 'artifacts/model/model.onnx'))).toBe(true)
    expect(await collected()).toMatchObject({ runs: 0, rows: 0, files: 0 })
  })

  it('stays while a version stands on it, and goes after it', async () => {
    const id = await finishedRun('used')
    const source = `mlflow-artifacts:/0/${id}/artifacts/model`
    await registry.createVersion({ model: 'churn', source })
    await tracking.deleteRun(id)
    const plan = await planCollection(deps, ALL)
    expect(plan.kept).toEqual([{ id, reason: 'a registered version stands on it' }])
    expect(await collect(deps, plan)).toMatchObject({ runs: 0 })
    await registry.deleteVersion({ model: 'churn', version: 1 })
    expect(await collected()).toMatchObject({ runs: 1, versions: 1 })
    expect(
      (await registry.createVersion({ model: 'churn', source: 'mlflow-artifacts:/0/x' })).version,
    ).toBe(2)
  })

  it('goes by the time of its deletion, and the newest may stay', async () => {
    const ids = [await finishedRun('a'), await finishedRun('b'), await finishedRun('c')]
    for (const id of ids) {
      await tracking.deleteRun(id)
      clock.advance(DAY_MS)
    }
    const before = clock.now() - 1.5 * DAY_MS
    expect((await planCollection(deps, { ...ALL, before })).runs.map(({ name }) => name)).toEqual([
      'a',
      'b',
    ])
    expect(
      (await planCollection(deps, { ...ALL, keepLast: 2 })).runs.map(({ name }) => name),
    ).toEqual(['a'])
    await tracking.restoreRun(ids[0] ?? '')
    expect(await collected({ runIds: ids.slice(0, 2) })).toMatchObject({ runs: 1 })
    expect(await Promise.all(ids.map(isThere))).toEqual([true, false, true])
  })

  it('stays when it was restored or registered since the plan', async () => {
    const [restored, registered] = [await finishedRun('a'), await finishedRun('b')]
    for (const id of [restored, registered]) await tracking.deleteRun(id)
    const plan = await planCollection(deps, ALL)
    await tracking.restoreRun(restored)
    await registry.createVersion({ model: 'm', source: 'mlflow-artifacts:/0/x', runId: registered })
    expect(await collect(deps, plan)).toMatchObject({ runs: 0, files: 0 })
    expect(await isThere(restored)).toBe(true)
    expect(await isThere(registered)).toBe(true)
    expect((await tracking.getRun(restored)).metrics).toHaveLength(1)
  })

  it('whose collection died before its files were gone is finished by the next', async () => {
    const id = await finishedRun('half')
    await tracking.deleteRun(id)
    await deps.database.transaction((tx) => tracking.purgeRunIn(tx, id, `0/${id}`))
    const plan = await planCollection(deps, ALL)
    expect(plan).toMatchObject({ runs: [], unfinished: [`0/${id}`], files: 1 })
    expect(await collect(deps, plan)).toMatchObject({ files: 1, bytes: 4 })
    expect(existsSync(join(folder, '0', id))).toBe(false)
    expect((await planCollection(deps, ALL)).unfinished).toEqual([])
  })
})

describe('other deleted things', () => {
  it('experiments go when nothing is left in them, and free their name; Default never', async () => {
    const id = await tracking.createExperiment({ name: 'team/x', tags: [{ key: 'k', value: 'v' }] })
    await tracking.createRun({ experimentId: id })
    const traces = createTraces({
      database: deps.database,
      clock,
      publish: createEventLog(clock).publish,
    })
    const trace = await traces.start({
      id: `tr-${'0'.repeat(32)}`,
      experimentId: id,
      clientRequestId: null,
      at: 0,
      duration: 1,
      state: 'OK',
      requestPreview: null,
      responsePreview: null,
      metadata: { m: '1' },
      tags: {},
      assessments: [],
    })
    const model = await tracking.createLoggedModel({ experimentId: id, name: 'm' })
    await tracking.deleteExperiment(id)
    expect(await collected()).toMatchObject({ runs: 1, experiments: 0 })
    await tracking.deleteLoggedModel(model.id)
    await tracking.deleteExperiment('0')
    expect(await collected()).toMatchObject({ loggedModels: 1, experiments: 1 })
    expect(await traces.listInfos([trace.id])).toEqual([])
    expect(await tracking.findExperiment('team/x')).toBeNull()
    expect(await tracking.getExperiment('0')).toMatchObject({ name: 'Default' })
  })

  it('the file of a version goes with the last version of it', async () => {
    const { digest } = await deps.blobs.put(Buffer.from('onnx'))
    for (const model of ['a', 'b']) await registry.createVersion({ model, digest })
    await registry.deleteVersion({ model: 'a', version: 1 })
    expect(await collected()).toMatchObject({ versions: 1, files: 0 })
    expect(await deps.blobs.has(digest)).toBe(true)
    await registry.deleteVersion({ model: 'b', version: 1 })
    expect(await collected()).toMatchObject({ versions: 1, files: 1, bytes: 4 })
    expect(await deps.blobs.has(digest)).toBe(false)
  })
})

describe('orphans', () => {
  it('are folders and blobs without an owner that have not changed for a while', async () => {
    const owned = await finishedRun('owned')
    const lost = 'f'.repeat(32)
    await deps.artifacts.write(`0/${lost}/artifacts/a.txt`, Buffer.from('lost'))
    await deps.artifacts.write('0/by-hand/notes.txt', Buffer.from('mine'))
    const used = await deps.blobs.put(Buffer.from('used'))
    await registry.createVersion({ model: 'm', digest: used.digest })
    const unused = await deps.blobs.put(Buffer.from('unused'))
    utimesSync(join(folder, '0', lost, 'artifacts/a.txt'), 1, 1)
    expect((await planCollection(deps, { ...ALL, orphansBefore: 1000 })).orphans).toEqual({
      folders: [],
      blobs: [],
    })
    const plan = await planCollection(deps, { ...ALL, orphansBefore: Number.MAX_SAFE_INTEGER })
    expect(plan.orphans).toEqual({ folders: [`0/${lost}`], blobs: [unused.digest] })
    expect(await collect(deps, plan)).toMatchObject({ orphans: 1, files: 2, bytes: 10 })
    expect(existsSync(join(folder, '0', owned))).toBe(true)
    expect(existsSync(join(folder, '0/by-hand/notes.txt'))).toBe(true)
    expect(await deps.blobs.has(used.digest)).toBe(true)
  })
})
