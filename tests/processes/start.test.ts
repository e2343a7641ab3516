import { freePort } from '../free-port.ts'
import { createServer } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  createProject,
  pause,
  processesIn,
  ratchetIn,
  start,
  type Project,
  type Up,
  until,
  up,
} from './project.ts'

let project: Project
let running: Up | undefined
beforeAll(() => {
  project = createProject()
})
afterEach(async () => {
  await running?.stop()
  running = undefined
})
afterAll(() => project.remove())

const nothingRuns = () => until(() => processesIn(project.root).length === 0)

describe('ratchet up is refused', () => {
  test('where it runs already, naming the process', async () => {
    running = await up(project)
    const second = await project.ratchet('up')
    expect(second).toMatchObject({ code: 5, stderr: expect.stringContaining('ALREADY_RUNNING') })
    expect(second.stderr).toContain(`process ${running.pid}`)
    expect((await fetch(`${running.control}/ready`)).status).toBe(200)
  })

  test.each(['--port', '--inference-port'])(
    'where %s is taken, naming who holds it',
    async (flag) => {
      const holder = createServer()
      const port = await new Promise<number>((found) => {
        holder.listen(0, '127.0.0.1', () => found((holder.address() as { port: number }).port))
      })
      const other = flag === '--port' ? '--inference-port' : '--port'
      const { code, stderr } = await project.ratchet(
        'up',
        flag,
        `${port}`,
        other,
        `${await freePort()}`,
      )
      holder.close()
      expect(code).toBe(69)
      expect(stderr).toContain('PORT_TAKEN')
      expect(stderr).toContain(`port ${port} on 127.0.0.1 is held by process ${process.pid}`)
      expect(processesIn(project.root)).toEqual([])
    },
  )

  test.each([
    ['cooldown: 90d', 'cooldwn: 90d', 'models.births.retrain'],
    ['window: 28d', 'window: 28 days', 'models.births.monitor.window'],
    ['rows: 28', 'rows: many', 'models.births.evaluate.rows'],
    [
      'steps: [shadow 3d, 50% 4d, 100%]',
      'steps: [shadow 3d, 50% 4d]',
      'models.births.deploy.steps',
    ],
    ['budget: 1 per week', 'budget: 1 a week', 'models.births.retrain.budget'],
  ])('where ratchet.yaml says %j as %j', async (right, wrong, path) => {
    const before = project.read('ratchet.yaml')
    project.edit('ratchet.yaml', right, wrong)
    const line =
      project
        .read('ratchet.yaml')
        .split('\n')
        .findIndex((text) => text.includes(wrong)) + 1
    const { code, stderr } = await project.ratchet('up', '--port', '0', '--inference-port', '0')
    project.write('ratchet.yaml', before)
    expect(code).toBe(2)
    expect(stderr).toContain('PROJECT_INVALID')
    expect(stderr).toMatch(new RegExp(`ratchet\\.yaml:${line}:\\d+`))
    expect(stderr).toContain(path)
    await nothingRuns()
  })

  test('where the state folder is a file', async () => {
    const { code, stderr } = await project.ratchet('--dir', 'params.yaml', 'up', '--port', '0')
    expect({ code, stderr }).toMatchObject({
      code: 69,
      stderr: expect.stringContaining('STORAGE_READ_ONLY'),
    })
    expect(stderr).not.toContain('our fault')
  })

  test('where there is no project', async () => {
    const { code, stderr } = await ratchetIn(tmpdir(), 'up')
    expect({ code, stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('PROJECT_NOT_FOUND'),
    })
  })
})

test('stages run on the Node that Ratchet brings, whatever the system has', async () => {
  const bin = join(project.root, 'old-node')
  mkdirSync(bin)
  writeFileSync(join(bin, 'node'), '#!/bin/sh\nexit 9\n', { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`)
  const { code, stderr } = await project.ratchet('repro', 'train')
  vi.unstubAllEnvs()
  expect({ code, stderr }).toMatchObject({ code: 0 })
})

describe('Ctrl-C', () => {
  test('ends both planes and all that they started', async () => {
    running = await up(project)
    expect(processesIn(project.root).length).toBeGreaterThanOrEqual(3)
    running.interrupt()
    expect(await running.ended).toBe(0)
    expect(processesIn(project.root)).toEqual([])
  })

  // From before the first line of ours to after both planes are ready.
  test.each([30, 120, 200, 300, 450, 600, 900])('%d ms after the start as well', async (ms) => {
    const starting = start(project, ['--port', '0', '--inference-port', '0'])
    await pause(ms)
    starting.interrupt()
    const end = { code: await starting.ended, stderr: starting.stderr() }
    expect(end).toMatchObject({ code: expect.toBeOneOf([0, 130, 'SIGINT']) })
    expect(end.stderr).not.toMatch(/our fault|Warning|at .*\.ts:/)
    await nothingRuns()
  })
})
