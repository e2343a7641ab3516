import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { identify, isAlive } from '../../src/capabilities/pipelines/processes.ts'
import { createProject, type Project, trainFirst, type Up, until, up } from './project.ts'

let project: Project
let running: Up
beforeEach(async () => {
  project = createProject()
  await trainFirst(project)
  const wait = `node -e "require('fs').writeFileSync('stage.pid', String(process.pid)); setTimeout(() => {}, 60000)"`
  project.edit('dvc.yaml', /cmd: node src\/train\.ts/, `cmd: '${wait.replaceAll("'", "''")}'`)
  running = await up(project, '--replay', '1971-01-02')
})
afterEach(async () => {
  await running.stop()
  project.remove()
})

const newest = async () => {
  const { body } = await running.ask('GET', '/api/v1/pipelines/runs?model=births')
  return (body['items'] as readonly Record<string, unknown>[])[0]
}
const pidFile = () => join(project.root, 'stage.pid')
const trainingRuns = async () => {
  expect((await running.ask('POST', '/api/v1/models/births/retrain', {})).status).toBe(200)
  await until(async () => existsSync(pidFile()) && project.read('stage.pid') !== '')
  return String((await newest())?.['id'])
}
const lockText = () => (existsSync(join(project.root, 'dvc.lock')) ? project.read('dvc.lock') : '')

it('cancels from the command line, and from then on there is nothing to cancel', async () => {
  const id = await trainingRuns()
  const lock = lockText()
  const stage = identify(Number(project.read('stage.pid')))
  const { code, stdout } = await project.ratchet('runs', 'cancel', id)
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${id}: cancelled.\n` })
  expect(isAlive(stage)).toBe(false)
  expect(lockText()).toBe(lock)
  const alerts = await running.ask('GET', '/api/v1/alerts')
  expect(alerts.body['items']).toEqual([])
  expect((await project.ratchet('runs', 'cancel', 'run_none')).code).toBe(4)
})

it('keeps its word through a kill -9 of the control plane', async () => {
  const id = await trainingRuns()
  const stage = identify(Number(project.read('stage.pid')))
  const asked = await running.ask('POST', `/api/v1/pipelines/runs/${id}/cancel`, {})
  expect(asked).toMatchObject({ status: 200, body: { cancel_requested_at: expect.any(String) } })
  const control = await running.pidOf('control')
  process.kill(control, 'SIGKILL')
  await running.pidOf('control', control)
  await running.ready()
  await until(async () => (await newest())?.['status'] === 'cancelled')
  expect(isAlive(stage)).toBe(false)
  const jobs = await running.ask('GET', '/api/v1/jobs')
  const states = (jobs.body['items'] as readonly Record<string, unknown>[])
    .filter(({ kind }) => kind === 'pipelines.run')
    .map(({ state }) => state)
  expect(states).toEqual(['cancelled'])
})
