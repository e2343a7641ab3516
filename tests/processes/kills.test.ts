import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
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
beforeAll(async () => {
  project = createProject()
  await trainFirst(project)
  running = await up(project)
  await deployFirst(running)
  await running.stop()
})
beforeEach(async () => {
  running = await up(project)
  await until(async () => (await running.ask('GET', '/v2/models/births/ready')).status === 200)
})
afterEach(() => running.stop())
afterAll(() => project.remove())

const feedback = (prediction_id: string, label = 9000) =>
  running.ask('POST', '/feedback', { prediction_id, label })

const counts = async () =>
  (await running.ask('GET', '/api/v1/models/births/counts')).body as {
    readonly predictions: { readonly logged: number; readonly labelled: number }
  }

test('without the control plane the data plane answers, and keeps what it hears', async () => {
  const before = await counts()
  const id = String((await predict(running)).headers.get('x-ratchet-prediction-id'))
  const pid = await running.pidOf('control')
  process.kill(pid, 'SIGKILL')
  const statuses: number[] = []
  for (let asked = 0; asked < 20; asked++) statuses.push((await predict(running)).status)
  expect(new Set(statuses)).toEqual(new Set([200]))
  const stored = await feedback(id)
  expect(stored.status).toBe(202)
  expect(stored.body).toMatchObject({ status: 'stored' })

  expect(await running.pidOf('control', pid)).not.toBe(pid)
  await running.ready()
  expect(await feedback(id)).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  await until(async () => (await counts()).predictions.logged === before.predictions.logged + 21)
  expect((await counts()).predictions.labelled).toBe(before.predictions.labelled + 1)
  const { body } = await running.ask('GET', '/api/v1/events?after=0&page_size=1000')
  expect(JSON.stringify(body)).toContain('system.control_plane_restarted')
  expect(running.stderr()).toContain('The control plane ended by SIGKILL')
})

test('the data plane is started again, and nothing that it answered is lost', async () => {
  const before = await counts()
  let answered = 0
  const asking = Array.from({ length: 4 }, async () => {
    for (;;) {
      const answer = await predict(running).catch(() => null)
      if (answer?.status !== 200) return
      answered += 1
    }
  })
  await pause(300)
  const pid = await running.pidOf('data')
  process.kill(pid, 'SIGKILL')
  await Promise.all(asking)
  expect(answered).toBeGreaterThan(20)
  expect(await running.pidOf('data', pid)).not.toBe(pid)
  await until(async () => {
    const answer = await predict(running).catch(() => null)
    return answer?.status === 200
  })
  // Those under way at its death were written, and their callers never had the answer.
  await until(
    async () => (await counts()).predictions.logged > before.predictions.logged + answered,
  )
  const logged = (await counts()).predictions.logged - before.predictions.logged
  expect(logged).toBeLessThanOrEqual(answered + 1 + asking.length)
})

test('when the supervisor dies, all of it ends, and the next start goes on', async () => {
  await predict(running)
  const before = processesIn(project.root).length
  expect(before).toBeGreaterThanOrEqual(4)
  running.kill()
  await until(() => processesIn(project.root).length === 0)
  running = await up(project)
  await until(async () => (await predict(running)).status === 200)
})

test('when everything dies at once, the next start goes on', async () => {
  const before = await counts()
  expect((await predict(running)).status).toBe(200)
  for (const { pid } of processesIn(project.root)) killIfThere(pid)
  await until(() => processesIn(project.root).length === 0)
  running = await up(project)
  await until(async () => (await predict(running)).status === 200)
  await until(async () => (await counts()).predictions.logged === before.predictions.logged + 2)
})

test('each plane is killed as it starts, again and again, and comes back', async () => {
  for (const ms of [0, 150, 300]) {
    const [control, data] = [await running.pidOf('control'), await running.pidOf('data')]
    for (const pid of [control, data]) killIfThere(pid)
    await pause(100 + ms)
    for (const { pid, command } of processesIn(project.root))
      if (/main\/(server|gateway)\.ts/.test(command)) killIfThere(pid)
    expect(await running.pidOf('control', control)).not.toBe(control)
    expect(await running.pidOf('data', data)).not.toBe(data)
  }
  await running.ready()
  await until(async () => (await predict(running).catch(() => null))?.status === 200)
  const log = readFileSync(join(project.root, '.ratchet/logs/control.log'), 'utf8')
  expect(log).not.toContain('SQLITE_CORRUPT')
})
