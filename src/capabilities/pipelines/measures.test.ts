import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { environmentReader } from './environment.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { repro, type StageUpdate } from './runner.ts'

let project: TestProject
beforeEach(() => {
  project = testProject()
})
afterEach(() => project.remove())

// Takes 60 MB and gives them back before the next look would come, were it not for the mark that it leaves.
const HUNGRY = `node --expose-gc -e "Buffer.alloc(60e6, 1); gc(); setTimeout(() => {}, 400)"`
const env = { PATH: process.env['PATH'], SECRET: 'nobody is told', TZ: 'UTC' }

async function updatesOf(commands: Readonly<Record<string, string>>, meta = '') {
  const stages = Object.entries(commands).map(
    ([name, cmd]) => `  ${name}:\n    cmd: ${JSON.stringify(cmd)}\n${meta}`,
  )
  project.write('dvc.yaml', `stages:\n${stages.join('')}`)
  const updates: StageUpdate[] = []
  const onUpdate = async (update: StageUpdate) => void updates.push(update)
  await repro({ ...project, env }, { runId: 'run_1', targets: [], onError: 'keep-going', onUpdate })
  return updates
}

test('of a stage that ran: exit code, peak of memory, and in what it ran', async () => {
  const [, finished] = await updatesOf({ hungry: HUNGRY })
  if (finished?.kind !== 'finished') throw new Error('it did not end well')
  const { exitCode, peakMemory, environment } = finished.result.measures
  expect(exitCode).toBe(0)
  expect(environment).toMatchObject({
    os: expect.stringMatching(/\w+ \S+ \w+/),
    node: process.version,
    variables: { RATCHET_STAGE: 'hungry', RATCHET_RUN_ID: 'run_1', DVC_STAGE: 'hungry', TZ: 'UTC' },
    packages: null,
  })
  expect(JSON.stringify(environment)).not.toContain('nobody is told')
  // Elsewhere than on Linux nothing is seen.
  const least = process.platform === 'linux' ? 60e6 : 0
  expect(peakMemory ?? 0).toBeGreaterThanOrEqual(least)
  expect(peakMemory ?? 0).toBeLessThan(300e6)
})

test('of a stage that failed as well', async () => {
  const [, failed] = await updatesOf({ broken: 'exit 7' })
  expect(failed).toMatchObject({
    kind: 'failed',
    measures: { exitCode: 7, environment: { node: process.version } },
  })
})

test('of a stage that was ended by a signal: no exit code', async () => {
  const [, failed] = await updatesOf({ broken: 'kill -9 $$' })
  expect(failed).toMatchObject({ kind: 'failed', measures: { exitCode: null } })
})

test('where there is no Python, none is told', async () => {
  const asking = { env: { PATH: '/nowhere' }, own: {}, withPackages: true }
  const found = await environmentReader()(asking)()
  expect(found).toMatchObject({ node: null, python: null, packages: null, variables: {} })
})

test('a Python that hangs is waited for once, and not for long', async () => {
  const started = join(project.root, 'started')
  project.write('bin/python', `#!/bin/sh\necho once >> ${started}\nexec sleep 20\n`, 0o755)
  const asking = { env: { PATH: `${project.root}/bin:/bin` }, own: {}, withPackages: false }
  const ask = environmentReader(500)
  const startedAt = performance.now()
  expect(await ask(asking)()).toMatchObject({ python: null })
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(await ask(asking)()).toMatchObject({ python: null })
  expect(readFileSync(started, 'utf8')).toBe('once\n')
})
