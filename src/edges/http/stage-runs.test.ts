import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../base/time.ts'
import { initDataProject } from '../../capabilities/datasets/index.ts'
import { journalIntake, openJournal, repro } from '../../capabilities/pipelines/index.ts'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'

// A run as a shell leaves it, with two stages that wrote logs; the second failed.
let world: World
const RUN = '/pipelines/runs/run_1'
const LONG = 'x'.repeat(5000)

beforeAll(async () => {
  world = await openWorld()
  const { database, folder: root } = world
  const stateDir = join(root, '.ratchet')
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  writeFileSync(join(root, 'raw'), '1\n')
  writeFileSync(
    join(root, 'dvc.yaml'),
    `stages:
  fit:
    cmd: "echo 'epoch 1: LOSS 0.5'; echo nothing; echo 'epoch 2: loss 0.25'; cp raw model"
    deps: [raw]
    outs: [model]
  score:
    cmd: "printf '%s loss at the end of a long line' ${LONG}; exit 3"
    deps: [model]
    outs: [score]
`,
  )
  const env = { PATH: process.env['PATH'] }
  const deps = { root, stateDir, env, clock: systemClock }
  const journal = openJournal({ ...deps, runId: 'run_1', targets: ['score'] })
  const onUpdate = async (update: Parameters<typeof journal.onUpdate>[0]) =>
    journal.onUpdate(update)
  const { status, error } = await repro(deps, { runId: 'run_1', targets: ['score'], onUpdate })
  await journal.end(status, error)
  await journalIntake({ database, stateDir, clock: systemClock })()
})
afterAll(() => world.close())

it('tells of each stage what was measured, and in what it ran', async () => {
  const run = await world.read(contract.runSchema, RUN)
  expect(run).toMatchObject({
    origin: 'shell',
    model: '',
    status: 'failed',
    cause: '`ratchet repro score` in a shell',
  })
  expect(run.stages.map(({ stage, state, exit_code }) => [stage, state, exit_code])).toEqual([
    ['fit', 'ran', 0],
    ['score', 'failed', 3],
  ])
  const [fit] = run.stages
  expect(fit?.environment).toMatchObject({ node: process.version, packages: null })
  expect(fit?.environment?.variables).toContainEqual({ key: 'RATCHET_STAGE', value: 'fit' })
  const { items } = await world.read(contract.runListSchema, '/pipelines/runs')
  expect(items).toMatchObject([{ id: 'run_1', origin: 'shell', stages: [] }])
})

it('finds lines in the logs, whatever the case, with the place to read on', async () => {
  const asked = `${RUN}/log/search?text=loss`
  const { matches, more } = await world.read(contract.logMatchesSchema, asked)
  expect(more).toBe(false)
  // The first line of a log is the command itself.
  const found = matches.map(({ stage, line, text }) => [stage, line, text.slice(-30)])
  expect(found).toEqual([
    ['fit', 1, expect.any(String)],
    ['fit', 2, 'epoch 1: LOSS 0.5'],
    ['fit', 4, 'epoch 2: loss 0.25'],
    ['score', 1, expect.any(String)],
    ['score', 2, 'loss at the end of a long line'],
  ])
  expect(Math.max(...matches.map(({ text }) => text.length))).toBeLessThanOrEqual(2000)
  const [, , second] = matches
  const there = `${RUN}/log?stage=fit&from=${second?.from}`
  expect((await world.read(contract.stageLogSchema, there)).text).toBe('epoch 2: loss 0.25\n')
})

it('finds in one stage alone, and no more than was asked for', async () => {
  const one = `${RUN}/log/search?text=LOSS&stage=score&limit=1`
  const { matches, more } = await world.read(contract.logMatchesSchema, one)
  expect(matches).toMatchObject([{ stage: 'score', line: 1 }])
  expect(more).toBe(true)
  const none = await world.read(contract.logMatchesSchema, `${RUN}/log/search?text=absent`)
  expect(none).toEqual({ matches: [], more: false })
  expect((await world.request('GET', '/pipelines/runs/run_0/log/search?text=a')).statusCode).toBe(
    404,
  )
  expect((await world.request('GET', `${RUN}/log/search?text=`)).statusCode).toBe(400)
})

it('refuses to cancel what has ended, and what is unknown', async () => {
  const cancel = (id: string) => world.request('POST', `/pipelines/runs/${id}/cancel`, {})
  expect((await cancel('run_1')).json()).toMatchObject({ status: 409, code: 'PIPELINE_RUN_ENDED' })
  expect((await cancel('run_0')).json()).toMatchObject({
    status: 404,
    code: 'PIPELINE_RUN_UNKNOWN',
  })
})
