import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createProject,
  deployFirst,
  predict,
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
  running = await up(project, '--replay', '1971-01-02')
  await deployFirst(running)
})
afterAll(async () => {
  await running.stop()
  project.remove()
})

const api = (method: 'GET' | 'POST', path: string, body?: unknown) =>
  running.ask(method, `/api/v1/${path}`, body)
const items = async (path: string) =>
  (await api('GET', path)).body['items'] as readonly Record<string, unknown>[]
const feedback = (prediction_id: string, label: unknown) =>
  running.ask('POST', '/feedback', { prediction_id, label })
const settle = async (days: number) => {
  const { body } = await api('GET', 'clock')
  const to = new Date(Date.parse(String(body['now'])) + days * 86_400_000).toISOString()
  return api('POST', 'clock', { to })
}

describe('feedback', () => {
  test('counts once, says when it is a repetition, and refuses what contradicts', async () => {
    const id = String((await predict(running)).headers.get('x-ratchet-prediction-id'))
    expect(await feedback(id, 9000)).toMatchObject({ status: 200, body: { status: 'accepted' } })
    expect(await feedback(id, 9000)).toMatchObject({ status: 200, body: { status: 'duplicate' } })
    expect(await feedback(id, 1)).toMatchObject({
      status: 409,
      body: { code: 'SERVING_FEEDBACK_CONTRADICTS', path: 'prediction_id' },
    })
    expect(await feedback('pred_nobody', 1)).toMatchObject({
      status: 404,
      body: { code: 'SERVING_FEEDBACK_UNKNOWN' },
    })
    expect(await feedback(id, 'many')).toMatchObject({ status: 400 })
  })
})

describe('registering is refused, and nothing changes', () => {
  const refused: readonly (readonly [string, (file: string) => void])[] = [
    ['is corrupt', (file) => writeFileSync(file, 'these bytes are no model')],
    ['is empty', (file) => writeFileSync(file, '')],
    ['is not there', () => {}],
  ]
  test.each(refused)('where the file %s', async (what, make) => {
    const before = await items('models/births/versions')
    const path = `models/${what.replaceAll(' ', '-')}.onnx`
    make(join(project.root, path))
    const { status, body } = await api('POST', 'models/births/versions', { path })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body['code']).toMatch(/^[A-Z_]+$/)
    expect(body['next']).toBeTruthy()
    expect(JSON.stringify(body)).toContain(path)
    expect(await items('models/births/versions')).toEqual(before)
    expect((await predict(running)).status).toBe(200)
  })
})

describe('a training', () => {
  const train = async () => {
    const before = (await items('pipelines/runs?model=births')).length
    await settle(1)
    expect((await api('POST', 'models/births/retrain', {})).status).toBe(200)
    await until(async () => {
      const runs = await items('pipelines/runs?model=births')
      return (
        runs.length > before && runs.every(({ status }) => /succeeded|failed/.test(String(status)))
      )
    })
    await settle(0)
    const [newest] = await items('pipelines/runs?model=births')
    const run = await api('GET', `pipelines/runs/${String(newest?.['id'])}`)
    return run.body
  }

  type Edit = readonly [from: string | RegExp, to: string]
  const faults: readonly (readonly [string, string, Edit, string])[] = [
    ['that fails', 'src/train.ts', [/^/, 'process.exit(3)\n'], 'exit code 3'],
    ['that writes nothing', 'src/train.ts', [/^/, 'process.exit(0)\n'], 'models/births.onnx'],
    ['whose dvc.yaml is broken', 'dvc.yaml', ['stages:', 'stages: ['], 'dvc.yaml:'],
    ['whose params.yaml is broken', 'params.yaml', ['train:', 'train: ['], 'params.yaml'],
  ]
  test.each(faults)(
    '%s is told, alarmed, and the champion stays',
    async (_, file, [from, to], named) => {
      const [text, versions] = [project.read(file), await items('models/births/versions')]
      project.edit(file, from, to)
      const run = await train()
      project.write(file, text)
      expect(run).toMatchObject({ status: 'failed' })
      expect(run['error']).toEqual(expect.stringContaining(named))
      expect(await items('models/births/versions')).toEqual(versions)
      expect((await predict(running)).headers.get('x-ratchet-model-version')).toBe('1')
      const alerts = await items('alerts?state=firing')
      expect(alerts.map(({ rule }) => rule)).toContain('training')
    },
  )

  test('that writes a file which is no model becomes no version, and says so', async () => {
    const [text, versions] = [project.read('src/train.ts'), await items('models/births/versions')]
    const spoiled =
      "import { writeFileSync as spoil } from 'node:fs'\nprocess.once('exit', () => spoil('models/births.onnx', 'x'))\n"
    project.edit('src/train.ts', /^/, spoiled)
    const run = await train()
    project.write('src/train.ts', text)
    expect(run).toMatchObject({ status: 'succeeded' })
    expect(await items('models/births/versions')).toEqual(versions)
    const { body } = await api('GET', 'events?after=0&limit=1000')
    expect(JSON.stringify(body)).toContain('automation.challenger_unusable')
    const [alert] = await items('alerts?state=firing')
    expect(alert).toMatchObject({ rule: 'training', sentence: expect.stringContaining('protobuf') })
  })

  test('mended, it goes on as if nothing had been', async () => {
    const versions = await items('models/births/versions')
    expect(await train()).toMatchObject({ status: 'succeeded' })
    await until(async () => (await items('models/births/versions')).length === versions.length + 1)
    const firing = await items('alerts?state=firing')
    expect(firing.map(({ rule }) => rule)).not.toContain('training')
  })
})

describe('the clock of a replay', () => {
  test('moves forward only', async () => {
    const before = (await api('GET', 'clock')).body['now']
    const { status, body } = await api('POST', 'clock', { to: '1970-01-01' })
    expect({ status, body }).toMatchObject({ status: 409, body: { code: 'REPLAY_BACKWARDS' } })
    expect((await api('POST', 'clock', { to: 'tomorrow' })).status).toBe(400)
    expect((await api('GET', 'clock')).body['now']).toBe(before)
  })

  test('is refused where time is real', async () => {
    const live = createProject()
    const other = await up(live)
    const answer = await other.ask('POST', '/api/v1/clock', { to: '2999-01-01' })
    // From its first event on a project is what it is.
    expect((await other.ask('POST', '/api/v1/models/births/retrain', {})).status).toBe(200)
    await other.stop()
    const again = await live.ratchet(
      'up',
      '--replay',
      '1971-01-01',
      '--port',
      '0',
      '--inference-port',
      '0',
    )
    live.remove()
    expect(answer).toMatchObject({ status: 409, body: { code: 'REPLAY_ONLY' } })
    expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('REPLAY_CONFLICT') })
  })
})

test('two asked for at once: one starts, the other is told why not', async () => {
  await settle(1)
  const both = await Promise.all([1, 2].map(() => api('POST', 'models/births/retrain', {})))
  expect(both.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '409'])
})
