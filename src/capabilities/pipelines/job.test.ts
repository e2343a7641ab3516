import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { createWorker, listJobs, type Worker } from '../../jobs/index.ts'
import { migrate } from '../../storage/database/migrate.ts'
import type { Database } from '../../storage/database/port.ts'
import { openSqlite } from '../../storage/database/sqlite.ts'
import { listVersions } from '../datasets/index.ts'
import { findRun, listStages, pipelineJob, startPipeline } from './index.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { runWorkerProcess } from './worker-process.testing.ts'

const DVC_YAML = `stages:
  prepare:
    cmd: echo prepare >> runs.log; cat data/*.csv > clean.csv
    deps: [data]
    outs: [clean.csv]
  train:
    cmd: echo train >> runs.log; sleep 0.3; cat clean.csv params.yaml > model.bin
    deps: [clean.csv]
    params: [train.until]
    outs: [model.bin]
`
const PARAMS = '# how far to read\ntrain:\n  until: "1971-01-01" # moved by Ratchet\n  rate: 1e-3\n'

let project: TestProject
let database: Database
let events: ReturnType<typeof createEventLog>

beforeEach(async () => {
  project = testProject({ 'dvc.yaml': DVC_YAML, 'params.yaml': PARAMS, 'data/a.csv': '1\n' })
  project.write('data.dvc', 'outs:\n- hash: md5\n  path: data\n')
  database = openSqlite({ file: join(project.stateDir, 'ratchet.db'), durability: 'off' })
  await migrate(database)
  events = createEventLog(systemClock)
})
afterEach(async () => {
  await database.close()
  project.remove()
})

function worker(): Worker {
  const deps = { ...project, database, publish: events.publish }
  return createWorker({
    database,
    clock: systemClock,
    realClock: systemClock,
    name: 'test',
    handlers: [pipelineJob(deps)],
    leaseMs: 400,
    concurrency: 2,
    onFailure: () => {},
  })
}

function start(key: string, until = '1971-06-01') {
  const request = {
    model: 'births',
    targets: ['train'],
    params: { 'train.until': until },
    causedBy: 'alr_1',
    key,
  }
  return database.transaction((tx) =>
    startPipeline({ clock: systemClock, project: 'test' }, tx, request),
  )
}

const typesOf = async () => (await events.list(database.query, {})).map(({ type }) => type)

test('a run sets parameters, versions its data, runs, and tells its end once', async () => {
  execFileSync('git', ['-C', project.root, 'add', 'dvc.yaml', 'params.yaml'])
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t']
  execFileSync('git', ['-C', project.root, ...identity, 'commit', '-qm', 'first'])
  const id = await start('a')
  expect(await start('a')).toBe(id)
  await worker().settle()
  const run = await findRun(database.query, id)
  expect(run).toMatchObject({ status: 'succeeded', dirty: false, causedBy: 'alr_1' })
  expect(run?.commit).toMatch(/^[0-9a-f]{40}$/)
  expect(run?.outputs.map(({ path }) => path)).toEqual(['clean.csv', 'model.bin'])
  expect(project.read('params.yaml')).toBe(PARAMS.replace('1971-01-01', '1971-06-01'))
  expect(project.read('data.dvc')).toContain('nfiles: 1')
  const versions = await listVersions(database.query, { dataset: 'data' })
  expect(versions).toMatchObject([{ causedBy: id, commit: run?.commit }])
  const stages = await listStages(database.query, id)
  expect(stages.map(({ stage, state }) => `${stage} ${state}`)).toEqual([
    'prepare ran',
    'train ran',
  ])
  expect(stages[1]?.params).toEqual({ 'params.yaml:train.until': '1971-06-01' })
  expect(await typesOf()).toEqual([
    'pipelines.started',
    'datasets.version_added',
    'pipelines.finished',
  ])
  const [finished] = await events.list(database.query, { types: ['pipelines.finished'] })
  expect(finished).toMatchObject({ subject: 'model:births', causedBy: id })
  expect(finished?.data).toMatchObject({ run_id: id, status: 'succeeded', params: run?.params })
})

test('a second run with other parameters runs only what they change', async () => {
  await start('a')
  await worker().settle()
  const id = await start('b', '1972-01-01')
  await worker().settle()
  const stages = await listStages(database.query, id)
  expect(stages.map(({ state }) => state)).toEqual(['skipped', 'ran'])
  expect(stages[1]?.reasons[0]).toMatchObject({ from: '1971-06-01', to: '1972-01-01' })
})

test.each([
  ['dvc.yaml', DVC_YAML.replace('cat clean.csv params.yaml', 'exit 4'), 'PIPELINE_STAGE_FAILED'],
  ['dvc.yaml', 'stages: [', 'PIPELINE_FILE_INVALID'],
  ['params.yaml', 'train: [', 'PIPELINE_PARAMS_INVALID'],
])('a run that cannot succeed fails at once: %s', async (file, text, code) => {
  project.write(file, text)
  const id = await start('a')
  await worker().settle()
  expect(await findRun(database.query, id)).toMatchObject({ status: 'failed', error: { code } })
  expect((await typesOf()).filter((type) => type === 'pipelines.finished')).toHaveLength(1)
})

test('a run that breaks each time ends with the last try, so that a later one can start', async () => {
  rmSync(join(project.root, 'params.yaml'))
  mkdirSync(join(project.root, 'params.yaml'))
  const id = await start('a')
  const [job] = await listJobs(database.query, {})
  if (job === undefined) throw new Error('there is no job')
  const { run } = pipelineJob({ ...project, database, publish: events.publish })
  const signal = new AbortController().signal
  const nothing = async () => {}
  const context = { signal, progress: nothing, complete: nothing, giveUp: nothing }
  await expect(run({ ...job, attempts: 4 }, context)).rejects.toThrow('EISDIR')
  expect(await findRun(database.query, id)).toMatchObject({ status: 'running' })
  await run({ ...job, attempts: 5 }, context)
  const error = { code: 'PIPELINE_BROKE', detail: expect.stringContaining('EISDIR') }
  expect(await findRun(database.query, id)).toMatchObject({ status: 'failed', error })
})

test('after kill -9 in the second stage the same run goes on, and only that stage again', async () => {
  // Long enough for the records of the first, which are written beside it.
  project.write('dvc.yaml', DVC_YAML.replace('sleep 0.3', 'sleep 1'))
  const id = await start('a')
  const child = runWorkerProcess(project)
  while (!existsSync(join(project.root, 'runs.log')) || !project.read('runs.log').includes('train'))
    await pause(10)
  while ((await listStages(database.query, id))[0]?.state !== 'ran') await pause(10)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  await pause(500)
  await worker().settle()
  expect(await findRun(database.query, id)).toMatchObject({ status: 'succeeded' })
  expect(project.read('runs.log')).toBe('prepare\ntrain\ntrain\n')
  const stages = await listStages(database.query, id)
  expect(stages.map(({ state }) => state)).toEqual(['ran', 'ran'])
  expect((await typesOf()).filter((type) => type.startsWith('pipelines'))).toEqual([
    'pipelines.started',
    'pipelines.finished',
  ])
})

// From its start over its first look at the data to its end (about 600 ms): whatever it was doing.
test.each([60, 150, 220, 300, 420, 540])('kill -9 of the worker after %i ms', async (afterMs) => {
  const id = await start('a')
  const child = runWorkerProcess(project)
  await pause(afterMs)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  await pause(450)
  await worker().settle()
  expect(await findRun(database.query, id)).toMatchObject({ status: 'succeeded', error: null })
  const stages = await listStages(database.query, id)
  expect(stages.map(({ state }) => state)).toEqual(['ran', 'ran'])
  const types = await typesOf()
  for (const type of ['pipelines.started', 'pipelines.finished', 'datasets.version_added'])
    expect(types.filter((one) => one === type)).toHaveLength(1)
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
