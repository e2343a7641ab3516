import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ImportWorld,
  MODEL,
  mlrunsTree,
  openImportWorld,
  RUN_1,
  RUN_2,
} from './import-world.testing.ts'

let world: ImportWorld
beforeEach(async () => {
  world = await openImportWorld()
})
afterEach(() => world.close())

const countsOf = ({ kinds }: Awaited<ReturnType<ImportWorld['run']>>) =>
  Object.fromEntries(kinds.map(({ kind, ...counts }) => [kind, counts]))
const stored = (path: string): string => readFileSync(join(world.folder, 'artifacts', path), 'utf8')

describe('a file store', () => {
  beforeEach(() => world.write(mlrunsTree('mlruns')))

  it('comes over whole: ids, values, history, files', async () => {
    const report = await world.run('mlruns')
    expect(report.faults).toBe(0)
    expect(report.skipped).toEqual([])
    const experiment = await world.tracking.findExperiment('team/price')
    expect(experiment).toMatchObject({ createdAt: 10, updatedAt: 11, tags: { owner: 'ana' } })
    expect(await world.tracking.getExperiment('7')).toMatchObject({ lifecycle: 'deleted' })
    const run = await world.tracking.getRun(RUN_1)
    expect(run).toMatchObject({
      experimentId: experiment?.id,
      name: '1e5',
      status: 'FINISHED',
      startTime: 20,
      endTime: 30,
      params: { alpha: "a\nb: 'c'", 'opt/lr': '0.1' },
      tags: { note: 'ä', 'mlflow.runName': '1e5' },
      modelOutputs: [{ modelId: MODEL, step: 4 }],
    })
    expect(run.datasets).toEqual([
      {
        dataset: {
          name: 'births',
          digest: '123',
          sourceType: 'local',
          source: 's',
          schema: '{}',
          profile: null,
        },
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
      },
    ])
    expect(run.metrics).toEqual([
      { key: 'by/data', at: 21, value: 2.5, step: 7 },
      { key: 'loss', at: 23, value: -Number.MAX_VALUE, step: 2 },
      { key: 'old', at: 21, value: 1e-5, step: 0 },
    ])
    const { items } = await world.tracking.getMetricHistory(RUN_1, { key: 'loss' })
    expect(items.map(({ value }) => value)).toEqual([0.5, Number.NaN, -Number.MAX_VALUE])
    expect(stored(`${run.experimentId}/${RUN_1}/artifacts/notes/a b.txt`)).toBe('hello')
    expect(await world.tracking.getRun(RUN_2)).toMatchObject({ name: 'old', lifecycle: 'deleted' })
  })

  it('brings logged models and the registry, with their files and numbers', async () => {
    await world.run('mlruns')
    const { id } = (await world.tracking.findExperiment('team/price')) ?? { id: '' }
    const model = await world.tracking.getLoggedModel(MODEL)
    expect(model).toMatchObject({
      status: 'READY',
      sourceRunId: RUN_1,
      params: { a: '1' },
      artifactUri: `mlflow-artifacts:/${id}/models/${MODEL}/artifacts`,
    })
    expect(model.metrics[0]).toMatchObject({ key: 'mae', datasetName: 'my data', runId: RUN_1 })
    expect(stored(`${id}/models/${MODEL}/artifacts/model.onnx`)).toBe('onnx')
    expect(await world.registry.getByAlias('churn', 'best')).toMatchObject({
      version: 2,
      stage: 'Production',
      location: `mlflow-artifacts:/${id}/${RUN_1}/artifacts/notes`,
      createdAt: 54,
    })
    expect((await world.registry.listVersions('churn')).map(({ version }) => version)).toEqual([
      3, 2,
    ])
    const changes = await world.registry.listChanges('churn')
    expect(changes.find(({ what }) => what === 'alias')).toMatchObject({
      key: 'best',
      before: null,
      after: '2',
    })
    const version3 = await world.registry.getVersion('churn', 3)
    expect(await world.registry.versionModelPath(version3)).toContain('model.onnx')
    const next = { model: 'churn', source: 'mlflow-artifacts:/0/r/artifacts' }
    expect((await world.registry.createVersion(next)).version).toBe(4)
  })

  it('is no news: nothing is announced that the loop would act on', async () => {
    await world.run('mlruns')
    expect(await world.events()).toEqual([])
  })

  it('tells what it read and wrote, and writes nothing the second time', async () => {
    const first = countsOf(await world.run('mlruns'))
    expect(first).toMatchObject({
      experiments: { read: 3, written: 2, skipped: 0 },
      runs: { read: 2, written: 2 },
      metrics: { read: 5, written: 5 },
      artifacts: { read: 2, written: 2 },
      versions: { read: 3, written: 3 },
      aliases: { read: 1, written: 1 },
    })
    const again = await world.run('mlruns')
    expect(again.kinds.map(({ written }) => written)).toEqual(again.kinds.map(() => 0))
    expect(countsOf(again)['metrics']).toEqual({ read: 5, written: 0, skipped: 0 })
    const changes = await world.registry.listChanges('churn')
    expect(changes.filter(({ what }) => what === 'alias')).toHaveLength(1)
  })

  it('adds what came since: points, an end, files', async () => {
    await world.run('mlruns')
    world.write({
      [`mlruns/580715636637084034/${RUN_2}/meta.yaml`]: `end_time: 60\nexperiment_id: '580715636637084034'\nlifecycle_stage: deleted\nrun_uuid: ${RUN_2}\nstart_time: 20\nstatus: 3\n`,
      [`mlruns/580715636637084034/${RUN_2}/metrics/loss`]: '61 1 0\n62 2 1\n',
      [`mlruns/580715636637084034/${RUN_1}/artifacts/new.txt`]: 'new',
    })
    const counts = countsOf(await world.run('mlruns'))
    expect(counts).toMatchObject({ metrics: { written: 2 }, artifacts: { written: 1 } })
    expect(await world.tracking.getRun(RUN_2)).toMatchObject({ status: 'FINISHED', endTime: 60 })
  })

  it('goes on where it was interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'))
    await expect(world.run('mlruns', { signal })).rejects.toThrow('interrupted')
    expect(countsOf(await world.run('mlruns'))).toMatchObject({ runs: { written: 2 } })
  })
})

describe('what a hostile source says', () => {
  const experiment = `artifact_location: x\nexperiment_id: '1'\nlifecycle_stage: active\nname: e\n`
  const runMeta = (id: string, uri: string) =>
    `artifact_uri: ${uri}\nexperiment_id: '1'\nlifecycle_stage: active\nrun_id: ${id}\nstart_time: 1\nstatus: 3\n`

  it('of artifacts outside is refused, until the user names the folder', async () => {
    world.write({
      'secret/key': 'secret',
      'mlruns/1/meta.yaml': experiment,
      [`mlruns/1/${RUN_1}/meta.yaml`]: runMeta(RUN_1, `file://${world.folder}/secret`),
      [`mlruns/1/${RUN_2}/meta.yaml`]: runMeta(RUN_2, `${world.folder}/mlruns/../secret`),
    })
    const report = await world.run('mlruns')
    expect(
      report.skipped.map(({ id, reason }) => [id, reason.includes('lies outside of')]),
    ).toEqual([
      [RUN_1, true],
      [RUN_2, true],
    ])
    expect(countsOf(report)['artifacts']).toMatchObject({ read: 0, written: 0 })
    const named = await world.run('mlruns', { artifacts: ['.'] })
    expect(countsOf(named)['artifacts']).toMatchObject({ written: 2 })
  })

  it('by links is not followed', async () => {
    world.write({
      'secret/key': 'secret',
      'mlruns/1/meta.yaml': experiment,
      [`mlruns/1/${RUN_1}/meta.yaml`]: runMeta(RUN_1, ''),
      [`mlruns/1/${RUN_1}/artifacts/ok.txt`]: 'ok',
    })
    const run = join(world.folder, 'mlruns/1', RUN_1)
    symlinkSync(join(world.folder, 'secret/key'), join(run, 'artifacts/link'))
    symlinkSync(join(world.folder, 'secret'), join(run, 'params'))
    symlinkSync(join(world.folder, 'secret'), join(world.folder, 'mlruns/1', RUN_2))
    const report = await world.run('mlruns')
    expect(countsOf(report)).toMatchObject({ runs: { read: 1 }, params: { read: 0 } })
    expect(countsOf(report)['artifacts']).toEqual({ read: 1, written: 1, skipped: 1 })
    expect(report.skipped[0]?.reason).toContain('is no plain file')
  })

  it('of other ids than its folder, of bad names and in broken files is left out and told', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`
    world.write({
      'mlruns/1/meta.yaml': experiment,
      'mlruns/2/meta.yaml': `experiment_id: '../../3'\nname: f\n`,
      [`mlruns/1/${RUN_1}/meta.yaml`]: runMeta('../other', ''),
      [`mlruns/1/${RUN_2}/meta.yaml`]: `: [`,
      'mlruns/1/dot.dot/meta.yaml': runMeta('dot.dot', ''),
      'mlruns/1/bomb/meta.yaml': bomb,
      'mlruns/models/a:b/meta.yaml': 'name: a:b\n',
    })
    mkdirSync(join(world.folder, 'mlruns/1/folder/meta.yaml'), { recursive: true })
    const report = await world.run('mlruns')
    expect(report.skipped.map(({ kind, id }) => `${kind} ${id}`).toSorted()).toEqual([
      'experiments 2',
      'models a:b',
      `runs ${RUN_1}`,
      `runs ${RUN_2}`,
      'runs dot.dot',
      'runs folder',
    ])
    expect(report.faults).toBe(6)
  })
})

describe('a database', () => {
  // The tables of MLflow 2.0 (revision 97727af70f4d), as far as they are read.
  const SCHEMA_2_0 = `
    create table alembic_version (version_num text);
    create table experiments (experiment_id integer primary key, name text, artifact_location text, lifecycle_stage text, creation_time bigint, last_update_time bigint);
    create table experiment_tags (key text, value text, experiment_id integer);
    create table runs (run_uuid text, name text, user_id text, status text, start_time bigint, end_time bigint, lifecycle_stage text, artifact_uri text, experiment_id integer);
    create table params (key text, value text, run_uuid text);
    create table tags (key text, value text, run_uuid text);
    create table metrics (key text, value float, timestamp bigint, run_uuid text, step bigint, is_nan boolean);
    create table registered_models (name text, creation_time bigint, last_updated_time bigint, description text);
    create table registered_model_tags (key text, value text, name text);
    create table model_versions (name text, version integer, creation_time bigint, last_updated_time bigint, description text, user_id text, current_stage text, source text, run_id text, status text, run_link text);
    create table model_version_tags (key text, value text, name text, version integer);
    insert into experiments values (0, 'Default', './mlruns/0', 'active', 1, 1), (580715636637084034, 'long', './mlruns/9', 'active', 2, 3);
    insert into runs values ('${RUN_1}', 'r', 'u', 'FINISHED', 5, 6, 'active', './mlruns/9/${RUN_1}/artifacts', 580715636637084034);
    insert into params values ('p', 'v', '${RUN_1}');
    insert into metrics values ('m', 0, 7, '${RUN_1}', 1, 1), ('m', 0.5, 8, '${RUN_1}', 9007199254740993, 0);
    insert into registered_models values ('churn', 1, 2, null);
    insert into model_versions values ('churn', 1, 3, 4, null, null, 'Staging', './mlruns/9/${RUN_1}/artifacts/m', '${RUN_1}', 'READY', null);
  `

  it('of the oldest schema is read by the columns that it has', async () => {
    const file = join(world.folder, 'mlflow.db')
    const db = new DatabaseSync(file)
    db.exec(SCHEMA_2_0)
    db.close()
    world.write({ [`mlruns/9/${RUN_1}/artifacts/m/model.onnx`]: 'onnx' })
    const report = await world.run('sqlite:///mlflow.db')
    expect(report.skipped).toMatchObject([
      { kind: 'metrics', reason: 'a step or time beyond 2^53' },
    ])
    const experiment = await world.tracking.findExperiment('long')
    expect(report.mapped).toEqual([
      { name: 'long', from: '580715636637084034', to: experiment?.id },
    ])
    expect(await world.tracking.getRun(RUN_1)).toMatchObject({ name: 'r', params: { p: 'v' } })
    const version = await world.registry.getVersion('churn', 1)
    expect(version).toMatchObject({ stage: 'Staging', source: `./mlruns/9/${RUN_1}/artifacts/m` })
    expect(await world.registry.versionModelPath(version)).toContain('model.onnx')
  })

  it('of something else is refused with what was expected', async () => {
    writeFileSync(join(world.folder, 'x.db'), 'not a database')
    const refused = { code: 'IMPORT_SOURCE_UNKNOWN' }
    await expect(async () => world.run('x.db')).rejects.toMatchObject(refused)
    const db = new DatabaseSync(join(world.folder, 'other.db'))
    db.exec('create table t (a)')
    db.close()
    await expect(async () => world.run('other.db')).rejects.toMatchObject(refused)
    await expect(async () => world.run('nowhere')).rejects.toMatchObject(refused)
  })
})
