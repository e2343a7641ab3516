import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../base/time.ts'
import { testDatabase } from '../../../storage/database/database.testing.ts'
import type { Database } from '../../../storage/database/port.ts'
import {
  cancelPipeline,
  findRun,
  journalIntake,
  listRuns,
  listStages,
  openJournal,
} from '../index.ts'
import { type TestProject, testProject } from '../project.testing.ts'
import { repro } from '../runner.ts'
import { journalFolder } from './lines.ts'

const DVC_YAML = `stages:
  first:
    cmd: cp raw clean
    deps: [raw]
    outs: [clean]
  second:
    cmd: sleep 0.05; cp clean model
    deps: [clean]
    outs: [model]
`

let project: TestProject
let database: Database
beforeEach(async () => {
  project = testProject({ 'dvc.yaml': DVC_YAML, raw: '1\n' })
  database = await testDatabase()
})
afterEach(async () => {
  await database.close()
  project.remove()
})

const intake = () => journalIntake({ database, stateDir: project.stateDir, clock: systemClock })
const journals = () =>
  existsSync(journalFolder(project.stateDir)) ? readdirSync(journalFolder(project.stateDir)) : []
const states = async (id: string) =>
  (await listStages(database.query, id)).map(({ stage, state }) => `${stage} ${state}`)

async function reproInShell(runId: `run_${string}`, afterStart?: () => Promise<void>) {
  const journal = openJournal({ ...project, runId, targets: ['second'] })
  const result = await repro(project, {
    runId,
    targets: ['second'],
    onUpdate: async (update) => {
      journal.onUpdate(update)
      if (update.kind === 'started') await afterStart?.()
    },
  })
  await journal.end(result.status, result.error)
  return result
}

test('a repro of a shell becomes a run with the times of its stages', async () => {
  const takeIn = intake()
  const seen: (readonly string[])[] = []
  await reproInShell('run_1', async () => {
    await takeIn()
    seen.push(await states('run_1'))
    expect(await findRun(database.query, 'run_1')).toMatchObject({ status: 'running' })
  })
  // While it runs the page can follow it.
  expect(seen).toEqual([['first running'], ['first running', 'second running']])
  await takeIn()
  const run = await findRun(database.query, 'run_1')
  expect(run).toMatchObject({
    origin: 'shell',
    model: '',
    status: 'succeeded',
    targets: ['second'],
  })
  const [first, second] = await listStages(database.query, 'run_1')
  expect([first?.state, second?.state]).toEqual(['ran', 'ran'])
  expect(second?.durationMs).toBeGreaterThan(40)
  expect(second?.startedAt).toBeGreaterThanOrEqual(first?.startedAt ?? Infinity)
  expect(second?.measures).toMatchObject({ exitCode: 0, environment: { shell: '/bin/sh' } })
  expect(second?.outputs).toMatchObject([{ path: 'model', size: 2 }])
  expect(journals()).toEqual([])
})

test('one that finds all unchanged leaves no trace', async () => {
  await reproInShell('run_1')
  await intake()()
  await reproInShell('run_2')
  expect(journals()).toEqual([])
  await intake()()
  expect((await listRuns(database.query)).map(({ id }) => id)).toEqual(['run_1'])
})

test('one that fails tells why, and what a dead process left is ended', async () => {
  project.write('dvc.yaml', DVC_YAML.replace('cp clean model', 'exit 3'))
  await reproInShell('run_1')
  const gone = spawn('true')
  await new Promise((resolve) => gone.once('exit', resolve))
  const owner = { pid: gone.pid, startedAt: 'long ago' }
  const [stage] = [{ stage: 'first', state: 'running', startedAt: 5, measures: {} }]
  const record = { ...stage, runId: 'run_2', inputs: [], outputs: [], params: {}, reasons: [] }
  const facts = { command: 'x', logPath: null, durationMs: null, error: null }
  const measures = { exitCode: null, peakMemory: null, environment: null }
  const lines = [
    { kind: 'run', id: 'run_2', targets: [], at: 4, owner },
    { kind: 'stage', record: { ...record, ...facts, measures } },
  ]
  mkdirSync(journalFolder(project.stateDir), { recursive: true })
  const file = join(journalFolder(project.stateDir), 'run_2.jsonl')
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  appendFileSync(file, '{"kind":"sta')
  await intake()()
  const failed = await findRun(database.query, 'run_1')
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'PIPELINE_STAGE_FAILED' } })
  expect(await states('run_1')).toEqual(['first ran', 'second failed'])
  const killed = await findRun(database.query, 'run_2')
  expect(killed).toMatchObject({ status: 'failed', error: { code: 'PIPELINE_RUN_KILLED' } })
  expect(await states('run_2')).toEqual(['first failed'])
  expect(journals()).toEqual([])
})

test('a run of a shell is not for the control plane to cancel', async () => {
  const deps = { ...project, database, publish: async () => {} }
  await reproInShell('run_1', async () => {
    await intake()()
    const cancelled = cancelPipeline(deps as never, 'run_1')
    await expect(cancelled).rejects.toMatchObject({ code: 'PIPELINE_RUN_OF_SHELL' })
  })
})

test('where nobody takes them in, the oldest make room', async () => {
  mkdirSync(journalFolder(project.stateDir), { recursive: true })
  for (let index = 0; index < 205; index++)
    writeFileSync(join(journalFolder(project.stateDir), `run_0${1000 + index}.jsonl`), '')
  await reproInShell('run_1')
  expect(journals()).toHaveLength(200)
  expect(journals()).toContain('run_1.jsonl')
  expect(journals()).not.toContain('run_01005.jsonl')
})
