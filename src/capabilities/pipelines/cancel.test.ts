import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { createWorker, listJobs, releaseWorker } from '../../jobs/index.ts'
import { migrate } from '../../storage/database/migrate.ts'
import type { Database } from '../../storage/database/port.ts'
import { openSqlite } from '../../storage/database/sqlite.ts'
import { endRun } from './ending.ts'
import { cancelPipeline, findRun, listStages, pipelineJob, startPipeline } from './index.ts'
import { identify, isAlive, type ProcessIdentity } from './processes.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { runWorkerProcess } from './worker-process.testing.ts'
import { requestCancel } from './store.ts'

// `train` starts a process below its shell, and waits for it.
const DVC_YAML = `stages:
  prepare:
    cmd: cat raw > clean
    deps: [raw]
    outs: [clean]
  train:
    cmd: |
      sh -c 'echo $$ > deep.pid; while :; do sleep 0.05; done' & echo half > model; echo $$ > shell.pid; wait
    deps: [clean]
    outs: [model]
`

let project: TestProject
let database: Database
let events: ReturnType<typeof createEventLog>
beforeEach(async () => {
  project = testProject({ 'dvc.yaml': DVC_YAML, raw: '1\n' })
  database = openSqlite({ file: join(project.stateDir, 'ratchet.db'), durability: 'off' })
  await migrate(database)
  events = createEventLog(systemClock)
})
afterEach(async () => {
  await database.close()
  project.remove()
})

const deps = () => ({ ...project, database, publish: events.publish })
const cancel = (id: string) => cancelPipeline(deps(), id)

function worker() {
  return createWorker({
    database,
    clock: systemClock,
    realClock: systemClock,
    name: 'test',
    handlers: [pipelineJob(deps())],
    leaseMs: 400,
    concurrency: 2,
    onFailure: () => {},
  })
}

const start = () =>
  database.transaction((tx) =>
    startPipeline({ clock: systemClock, project: 'test' }, tx, {
      model: 'births',
      targets: ['train'],
      params: {},
      causedBy: null,
    }),
  )

const told = async () => (await events.list(database.query, {})).map(({ type }) => type)
const states = async (id: string) =>
  (await listStages(database.query, id)).map(({ stage, state }) => `${stage} ${state}`)

async function until(done: () => boolean): Promise<void> {
  while (!done()) await pause(10)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

// Written by the stage: the shell and the process below it.
async function processes(): Promise<readonly ProcessIdentity[]> {
  const files = ['deep.pid', 'shell.pid']
  await until(() => files.every((file) => existsSync(join(project.root, file))))
  await pause(20)
  return files.map((file) => identify(Number(project.read(file))))
}

/** What must hold of every cancelled run, whoever ended it. */
async function expectCancelled(id: string): Promise<void> {
  expect(await findRun(database.query, id)).toMatchObject({ status: 'cancelled', error: null })
  expect((await listJobs(database.query, {})).map(({ state }) => state)).toEqual(['cancelled'])
  const [finished, ...more] = await events.list(database.query, { types: ['pipelines.finished'] })
  expect(finished?.data).toMatchObject({ run_id: id, status: 'cancelled' })
  expect(more).toEqual([])
}

test('a run that waits is cancelled at once, and never starts', async () => {
  const id = await start()
  expect(await cancel(id)).toMatchObject({ id, status: 'cancelled' })
  expect(await worker().settle()).toBe(0)
  await expectCancelled(id)
  expect(existsSync(join(project.root, 'clean'))).toBe(false)
})

test('a run that works ends with its whole process group; what had ended is kept', async () => {
  // The lower process does not listen to the first signal.
  project.write('dvc.yaml', DVC_YAML.replace("sh -c '", `sh -c 'trap "" TERM; `))
  const id = await start()
  const done = worker().settle()
  const group = await processes()
  expect(await cancel(id)).toMatchObject({
    status: 'running',
    cancelRequestedAt: expect.anything(),
  })
  await done
  expect(group.filter(isAlive)).toEqual([])
  await expectCancelled(id)
  expect(await states(id)).toEqual(['prepare ran', 'train cancelled'])
  expect(project.read('dvc.lock')).toMatch(/prepare:/)
  expect(project.read('dvc.lock')).not.toMatch(/train:/)
  // What the command had written stays, as DVC leaves it.
  expect(project.read('model')).toBe('half\n')
})

test('asked twice it is the same cancel; asked after the end it is refused', async () => {
  const id = await start()
  const first = await cancel(id)
  expect(await cancel(id)).toEqual(first)
  expect((await told()).filter((type) => type === 'pipelines.finished')).toHaveLength(1)
  project.write('dvc.yaml', DVC_YAML.replace(/cmd: \|\n.*\n/, 'cmd: cp clean model\n'))
  const other = await start()
  await worker().settle()
  await expect(cancel(other)).rejects.toMatchObject({ code: 'PIPELINE_RUN_ENDED' })
  await expect(cancel('run_none')).rejects.toMatchObject({ code: 'PIPELINE_RUN_UNKNOWN' })
})

test('a cancel that was acknowledged comes before the good end of the run', async () => {
  const id = await start()
  const run = await findRun(database.query, id)
  if (run === null) throw new Error('there is no run')
  const end = { ...run, status: 'succeeded' } as const
  await database.transaction((tx) => requestCancel(tx, id, systemClock.now()))
  expect(await database.transaction((tx) => endRun(deps(), tx, end))).toBe('cancelled')
  expect(await findRun(database.query, id)).toMatchObject({ status: 'cancelled' })
  const [finished] = await events.list(database.query, { types: ['pipelines.finished'] })
  expect(finished?.data).toMatchObject({ status: 'cancelled' })
})

test('kill -9 of the worker before it saw the request: the next one ends what is left', async () => {
  const id = await start()
  const child = runWorkerProcess(project)
  const group = await processes()
  await database.transaction((tx) => requestCancel(tx, id, systemClock.now()))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  await pause(450)
  await worker().settle()
  expect(group.filter(isAlive)).toEqual([])
  await expectCancelled(id)
  expect(await states(id)).toEqual(['prepare ran', 'train cancelled'])
})

test('between two tries of its job a run ends at once, with what a killed worker left', async () => {
  const id = await start()
  const child = runWorkerProcess(project)
  const group = await processes()
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  await releaseWorker(database, 'child')
  expect(await cancel(id)).toMatchObject({ status: 'cancelled' })
  expect(group.filter(isAlive)).toEqual([])
  await expectCancelled(id)
})
