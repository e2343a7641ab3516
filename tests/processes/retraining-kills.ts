import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { killIfThere } from '../kill-if-there.ts'
import {
  createProject,
  deployFirst,
  pause,
  predict,
  processesIn,
  type Project,
  trainFirst,
  type Up,
  until,
  up,
} from './project.ts'

let project: Project
let running: Up
/** How many trainings the project has seen. */
let trainings = 0
async function begin(): Promise<void> {
  project = createProject()
  await trainFirst(project)
  running = await up(project, '--replay', '1971-01-02')
  await deployFirst(running)
}

async function end(): Promise<void> {
  await running.stop()
  expect(processesIn(project.root)).toEqual([])
  project.remove()
}

const items = async (path: string) =>
  (await running.ask('GET', `/api/v1/${path}`)).body['items'] as readonly Record<string, unknown>[]

const ended = async () =>
  (await items('pipelines/runs?model=births')).every(
    ({ status }) => status !== 'running' && status !== 'queued',
  )

/** A person asks for a training on a later day than the last, so that there is something to do. */
async function retrain(): Promise<number> {
  trainings += 1
  const day = new Date(Date.UTC(1971, 0, 2 + trainings)).toISOString()
  await running.ask('POST', '/api/v1/clock', { to: day })
  return (await running.ask('POST', '/api/v1/models/births/retrain')).status
}

async function expectOnce(): Promise<void> {
  await running.ready()
  await until(ended)
  await until(async () => (await items('gates?model=births')).length >= trainings)
  // Whatever would be done twice has had its chance.
  await pause(700)
  const runs = await items('pipelines/runs?model=births')
  expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'))
  expect(runs).toHaveLength(trainings)
  expect(await items('models/births/versions')).toHaveLength(trainings + 1)
  expect(await items('gates?model=births')).toHaveLength(trainings)
  const { items: events } = (await running.ask('GET', '/api/v1/events?after=0&limit=1000')).body
  const told = (events as readonly { type: string }[]).filter(
    ({ type }) => type === 'pipelines.finished',
  )
  expect(told).toHaveLength(trainings)
  const failed = await items('jobs?state=failed')
  expect(failed).toEqual([])
}

/** `points`: milliseconds from the request; a training of this project takes about half a second, its gate as long again. */
export function killInRetrainings(points: readonly number[]): void {
  beforeAll(begin)
  afterEach(() => running.ready())
  afterAll(end)

  test.each(points)(
    'the control plane is killed %d ms into a retraining: it is done once',
    async (ms) => {
      expect(await retrain()).toBe(200)
      const pid = await running.pidOf('control')
      await pause(ms)
      process.kill(pid, 'SIGKILL')
      expect((await predict(running)).status).toBe(200)
      await running.pidOf('control', pid)
      await expectOnce()
    },
  )

  test('killed three times in one retraining: it is done once', async () => {
    expect(await retrain()).toBe(200)
    let pid = await running.pidOf('control')
    for (const ms of [80, 300, 500]) {
      await pause(ms)
      process.kill(pid, 'SIGKILL')
      pid = await running.pidOf('control', pid)
    }
    await expectOnce()
  })

  test('everything is killed in a retraining: the next start does it once', async () => {
    expect(await retrain()).toBe(200)
    await pause(150)
    for (const { pid } of processesIn(project.root)) killIfThere(pid)
    running = await up(project)
    await expectOnce()
  })

  test('Ctrl-C in a retraining: the next start does it once', async () => {
    expect(await retrain()).toBe(200)
    await pause(150)
    running.interrupt()
    expect(await running.ended).toBe(0)
    // What runs models ends when it finds its parent gone.
    await until(() => processesIn(project.root).length === 0)
    running = await up(project)
    await expectOnce()
  })
}
