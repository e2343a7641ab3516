import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../base/hash.ts'
import type { Database } from '../../storage/database/port.ts'
import type { Registry } from './index.ts'
import {
  openRegistryWorld,
  REGISTRY_TIME,
  type RegistryWorld,
  uploaded,
} from './registry.testing.ts'

let world: RegistryWorld
let database: Database
let registry: Registry
let folder: string
const { events } = REGISTRY_TIME

beforeEach(async () => {
  world = await openRegistryWorld()
  ;({ database, registry, folder } = world)
})
afterEach(() => world.close())

const typesOf = async () => (await events.list(database.query, {})).map((event) => event.type)

describe('versions', () => {
  it('keeps the bytes of the file and where they came from', async () => {
    const modelPath = join(folder, 'model.onnx')
    writeFileSync(modelPath, 'onnx 1')
    const lineage = {
      runId: null,
      pipelineRunId: 'run_1',
      dataMd5: 'd41d8',
      gitCommit: 'abc',
      trainFrom: 10,
      trainUntil: 20,
      causedBy: 'dec_1',
    }
    const made = await registry.createVersion({ model: 'births', modelPath, ...lineage })
    writeFileSync(modelPath, 'overwritten by the next training')

    const version = await registry.getVersion('births', 1)
    expect(version).toEqual(made)
    expect(version).toMatchObject({
      ...lineage,
      version: 1,
      digest: sha256('onnx 1'),
      stage: 'None',
    })
    expect(version.source).toBe(`sha256:${sha256('onnx 1')}`)
    expect(await readFile(await registry.versionModelPath(version), 'utf8')).toBe('onnx 1')
    const [event] = await events.list(database.query, { types: ['registry.version_created'] })
    expect(event).toMatchObject({
      subject: 'version:births/1',
      data: { model: 'births', version: 1, run_id: null },
      causedBy: 'dec_1',
    })
  })

  it('are numbered without gaps or repeats, however many come at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 25 }, () => registry.createVersion(uploaded('births'))),
    )
    expect(made.map((one) => one.version).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    )
    await registry.deleteVersion({ model: 'births', version: 25 })
    expect(await registry.createVersion(uploaded('births'))).toMatchObject({ version: 26 })
    expect((await registry.listVersions('births')).map((one) => one.version).slice(0, 3)).toEqual([
      26, 24, 23,
    ])
  })

  it('made twice by a repeated job are made once', async () => {
    const input = { ...uploaded('births'), onceKey: 'job_1' }
    const [first, second] = [
      await registry.createVersion(input),
      await registry.createVersion(input),
    ]
    expect(second).toEqual(first)
    expect(await registry.listVersions('births')).toHaveLength(1)
    expect(await typesOf()).toEqual(['registry.model_created', 'registry.version_created'])
  })

  it('do not exist when the transaction that made them fails', async () => {
    const prepared = await registry.prepareVersion(uploaded('births'))
    const failing = database.transaction(async (tx) => {
      await registry.createVersionIn(tx, prepared)
      throw new Error('the job was taken over')
    })
    await expect(failing).rejects.toThrow('taken over')
    await expect(registry.listVersions('births')).rejects.toMatchObject({
      code: 'REGISTRY_UNKNOWN',
    })
    expect(await typesOf()).toEqual([])
  })

  it('follow a logged model to its files and its run', async () => {
    const version = await registry.createVersion({ model: 'm', source: 'models:/m-1' })
    expect(version).toMatchObject({
      source: 'models:/m-1',
      location: 'mlflow-artifacts:/1/models/m-1/artifacts',
      runId: 'r1',
    })
    const copy = await registry.createVersion({ model: 'copy', source: 'models:/m/1' })
    expect(copy.location).toBe(version.location)
    await expect(
      registry.createVersion({ model: 'm', source: 'models:/m-2' }),
    ).rejects.toMatchObject({ code: 'REGISTRY_UNKNOWN' })
  })

  it('find the one ONNX file of an uploaded folder', async () => {
    const version = await registry.createVersion(uploaded('m'))
    await expect(registry.versionModelPath(version)).rejects.toMatchObject({
      code: 'REGISTRY_FILE_MISSING',
    })
    const model = join(folder, '1/r/artifacts/model')
    mkdirSync(model, { recursive: true })
    writeFileSync(join(model, 'model.onnx'), '')
    expect(await registry.versionModelPath(version)).toBe(join(model, 'model.onnx'))
  })

  it.each([
    '/etc/passwd',
    'etc/passwd',
    'file:///etc/passwd',
    'file:/etc',
    'FILE:/etc',
    '%2Fetc%2Fpasswd',
    '%252e%252e/x',
    'mlflow-artifacts:/1/../../secret',
    'mlflow-artifacts:/1/%2e%2e/secret',
    'mlflow-artifacts:/1/%252e%252e/secret',
    'mlflow-artifacts:/1?x=/../../secret',
    'C:\\secret',
    's3://bucket/a\0b',
  ])('refuse the source %j', async (source) => {
    await expect(registry.createVersion({ model: 'm', source })).rejects.toMatchObject({
      code: 'REGISTRY_INVALID',
    })
  })
})

describe('aliases', () => {
  beforeEach(async () => {
    await registry.createVersion(uploaded('births'))
    await registry.createVersion(uploaded('births'))
  })

  it('point at one version, and their history stays', async () => {
    const champion = { model: 'births', alias: 'champion' }
    expect(await registry.findByAlias('births', 'champion')).toBeNull()
    await registry.setAlias({ ...champion, version: 1, causedBy: 'gate_1' })
    await registry.setAlias({ ...champion, version: 2, causedBy: 'rol_1' })
    await registry.setAlias({ ...champion, version: 2, causedBy: 'rol_1' })
    expect(await registry.getByAlias('births', 'champion')).toMatchObject({
      version: 2,
      aliases: ['champion'],
    })
    await registry.deleteAlias({ ...champion, causedBy: null })
    const changes = await registry.listAliasChanges('births')
    expect(changes.map(({ version, previous, causedBy }) => [version, previous, causedBy])).toEqual(
      [
        [1, null, 'gate_1'],
        [2, 1, 'rol_1'],
        [null, 2, null],
      ],
    )
    const announced = await events.list(database.query, { types: ['registry.alias_set'] })
    expect(announced[1]).toMatchObject({
      subject: 'model:births',
      data: { model: 'births', alias: 'champion', version: 2, previous: 1 },
      causedBy: 'rol_1',
    })
  })

  it('move in the transaction of the caller, or not at all', async () => {
    const failing = database.transaction(async (tx) => {
      await registry.setAliasIn(tx, {
        model: 'births',
        alias: 'champion',
        version: 1,
        causedBy: null,
      })
      expect(await registry.findByAlias('births', 'champion', tx)).toMatchObject({ version: 1 })
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await registry.findByAlias('births', 'champion')).toBeNull()
  })

  it('read the newest version as latest, which nobody may set', async () => {
    expect(await registry.getByAlias('births', 'Latest')).toMatchObject({ version: 2 })
    for (const alias of ['latest', 'LATEST', 'v3', 'V12', '', 'a b', 'x'.repeat(256)])
      await expect(
        registry.setAlias({ model: 'births', alias, version: 1, causedBy: null }),
      ).rejects.toMatchObject({ status: 400 })
  })

  it('say what is missing', async () => {
    await expect(registry.getByAlias('births', 'nobody')).rejects.toMatchObject({
      code: 'REGISTRY_ALIAS_UNKNOWN',
      detail: 'Registered model alias nobody not found.',
    })
    await expect(registry.getByAlias('deaths', 'champion')).rejects.toMatchObject({
      code: 'REGISTRY_UNKNOWN',
    })
    await expect(
      registry.setAlias({ model: 'births', alias: 'champion', version: 9, causedBy: null }),
    ).rejects.toMatchObject({ detail: 'Model Version (name=births, version=9) not found' })
  })

  it('go with the version they pointed at', async () => {
    await registry.setAlias({ model: 'births', alias: 'champion', version: 1, causedBy: null })
    await registry.deleteVersion({ model: 'births', version: 1 })
    expect(await registry.findByAlias('births', 'champion')).toBeNull()
    expect((await registry.getModel('births')).aliases).toEqual([])
  })
})

describe('models', () => {
  it('are made once, renamed with all they have, and deleted with it', async () => {
    await registry.createModel({ name: 'a', description: 'first', tags: { team: 'x' } })
    await expect(registry.createModel({ name: 'a' })).rejects.toMatchObject({
      code: 'REGISTRY_EXISTS',
    })
    await registry.createVersion({ ...uploaded('a'), tags: { k: 'v' } })
    await registry.setAlias({ model: 'a', alias: 'champion', version: 1, causedBy: null })
    await registry.renameModel('a', 'b')
    expect(await registry.getModel('b')).toMatchObject({
      description: 'first',
      tags: { team: 'x' },
      aliases: [{ alias: 'champion', version: 1 }],
    })
    expect(await registry.getByAlias('b', 'champion')).toMatchObject({ tags: { k: 'v' } })
    await registry.deleteModel('b')
    await expect(registry.getModel('b')).rejects.toMatchObject({ code: 'REGISTRY_UNKNOWN' })
    expect((await registry.searchVersions({})).items).toEqual([])
  })

  it.each(['', ' ', 'a/b', 'a:b', '..', '.'])('refuse the name %j', async (name) => {
    await expect(registry.createModel({ name })).rejects.toMatchObject({ status: 400 })
  })

  it('keep tags that can be changed and taken away', async () => {
    await registry.createModel({ name: 'a' })
    await registry.setModelTag('a', { key: 'k', value: '1' })
    await registry.setModelTag('a', { key: 'k', value: '2' })
    expect((await registry.getModel('a')).tags).toEqual({ k: '2' })
    await registry.deleteModelTag('a', 'k')
    await registry.deleteModelTag('a', 'k')
    expect((await registry.getModel('a')).tags).toEqual({})
  })

  it('pass through stages, and archive what stood there', async () => {
    for (let count = 0; count < 3; count++) await registry.createVersion(uploaded('a'))
    const move = (version: number, stage: string, archiveExisting = false) =>
      registry.transitionStage({ model: 'a', version }, { stage, archiveExisting })
    await move(1, 'production')
    expect(await move(2, 'PRODUCTION', true)).toMatchObject({ stage: 'Production' })
    expect((await registry.getVersion('a', 1)).stage).toBe('Archived')
    const latest = await registry.latestVersions('a')
    expect(latest.map((one) => [one.version, one.stage])).toEqual([
      [1, 'Archived'],
      [2, 'Production'],
      [3, 'None'],
    ])
    await expect(move(3, 'None', true)).rejects.toMatchObject({ code: 'REGISTRY_STAGE' })
    await expect(move(3, 'Live')).rejects.toMatchObject({ code: 'REGISTRY_INVALID' })
  })
})
