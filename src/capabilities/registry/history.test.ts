import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { localBlobs } from '../../storage/blobs/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { createRegistry, type Registry } from './index.ts'

let database: Database
let registry: Registry
const clock = manualClock(1_000)

beforeEach(async () => {
  database = await testDatabase()
  registry = createRegistry({
    database,
    clock,
    publish: createEventLog(clock).publish,
    blobs: localBlobs('/nowhere'),
    findLoggedModel: async () => null,
    localArtifacts: () => null,
  })
  for (let version = 1; version <= 3; version++)
    await registry.createVersion({ model: 'churn', source: `mlflow-artifacts:/0/${version}` })
})
afterEach(() => database.close())

const at = (version: number) => ({ model: 'churn', version })
const alias = (name: string, version: number, causedBy: string | null = null) =>
  registry.setAlias({ ...at(version), alias: name, causedBy })
const toStage = (version: number, stage: string, archiveExisting = false) =>
  registry.transitionStage(at(version), { stage, archiveExisting })
const history = async (model = 'churn') =>
  (await registry.listChanges(model)).map(({ version, what, key, before, after }) =>
    [what, key, version, before, after].join(' '),
  )
const newest = async () => (await registry.listChanges('churn'))[0]?.id ?? ''

describe('the history of the registry', () => {
  it('keeps each change with what was before and after, and whence it came', async () => {
    clock.advance(5)
    await registry.setModelTag('churn', { key: 'team', value: 'a' })
    await registry.setModelTag('churn', { key: 'team', value: 'b' })
    await registry.deleteModelTag('churn', 'team')
    await registry.setVersionTag(at(1), { key: 'ok', value: 'yes' })
    await registry.describeModel('churn', 'leavers')
    await registry.describeVersion(at(1), 'first')
    await toStage(1, 'Production')
    await toStage(2, 'production', true)
    await alias('champion', 1, 'gate_1')
    await registry.deleteVersion(at(3))
    expect(await history()).toEqual([
      'version  3 3 ',
      'alias champion   1',
      'stage  2 None Production',
      'stage  1 Production Archived',
      'stage  1 None Production',
      'description  1  first',
      'description    leavers',
      'tag ok 1  yes',
      'tag team  b ',
      'tag team  a b',
      'tag team   a',
      'version  3  3',
      'version  2  2',
      'version  1  1',
    ])
    const [, ofAlias, ofStage] = await registry.listChanges('churn')
    expect(ofAlias).toMatchObject({ by: 'loop', causedBy: 'gate_1', at: clock.now() })
    expect(ofStage).toMatchObject({ by: 'api', causedBy: null, undoes: null })
  })

  it('keeps nothing where nothing changed, and nothing of a change that failed', async () => {
    const before = await history()
    await registry.describeVersion(at(1), 'x')
    await registry.describeVersion(at(1), 'x')
    await toStage(1, 'None')
    await expect(alias('champion', 9)).rejects.toMatchObject({ code: 'REGISTRY_UNKNOWN' })
    expect(await history()).toEqual(['description  1  x', ...before])
  })

  it('follows a model that is renamed, and outlives one that is deleted', async () => {
    await registry.renameModel('churn', 'leavers')
    await registry.deleteModel('leavers')
    expect((await history('leavers')).slice(0, 2)).toEqual([
      'model   leavers ',
      'name   churn leavers',
    ])
    expect(await history('leavers')).toHaveLength(5)
    expect(await history()).toEqual([])
  })
})

describe('undo', () => {
  it('puts an alias back where it stood, or takes it away, and is a change itself', async () => {
    await alias('best', 1)
    const set = await newest()
    await alias('best', 2)
    const moved = await newest()
    expect(await registry.undoChange(moved)).toMatchObject({
      before: '2',
      after: '1',
      undoes: moved,
    })
    expect((await registry.getByAlias('churn', 'best')).version).toBe(1)
    await expect(registry.undoChange(moved)).rejects.toMatchObject({ code: 'REGISTRY_CHANGED' })
    await expect(registry.undoChange(set)).rejects.toMatchObject({ code: 'REGISTRY_CHANGED' })
    await registry.undoChange(await newest())
    await registry.deleteAlias({ model: 'churn', alias: 'best', causedBy: null })
    await registry.undoChange(await newest())
    expect((await registry.getByAlias('churn', 'best')).version).toBe(2)
  })

  it('puts a stage back, and refuses when it was changed since', async () => {
    await toStage(1, 'Staging')
    const staged = await newest()
    await toStage(1, 'Production')
    await expect(registry.undoChange(staged)).rejects.toMatchObject({ code: 'REGISTRY_CHANGED' })
    await registry.undoChange(await newest())
    expect(await registry.getVersion('churn', 1)).toMatchObject({ stage: 'Staging' })
  })

  it('refuses other changes, unknown ones, and versions that are gone', async () => {
    const made = await newest()
    await expect(registry.undoChange(made)).rejects.toMatchObject({ code: 'REGISTRY_NOT_UNDOABLE' })
    const unknown = { code: 'REGISTRY_CHANGE_UNKNOWN' }
    await expect(registry.undoChange('chg_0')).rejects.toMatchObject(unknown)
    await alias('best', 3)
    await alias('best', 1)
    const moved = await newest()
    await registry.deleteVersion(at(3))
    await expect(registry.undoChange(moved)).rejects.toMatchObject({ code: 'REGISTRY_UNKNOWN' })
    expect((await registry.getByAlias('churn', 'best')).version).toBe(1)
  })
})
