import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProject, type Project, type Up, until, up } from './project.ts'

// The words of the command line, in the order in which a newcomer says them.

let project: Project
let running: Up
beforeAll(() => {
  project = createProject()
})
afterAll(async () => {
  await running?.stop()
  project.remove()
})

const say = async (...words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await project.ratchet(...words)
  expect(code, `${words.join(' ')}: ${stderr}`).toBe(0)
  return stdout
}
const refused = async (...words: readonly string[]) => {
  const { code, stderr } = await project.ratchet(...words)
  return { code, stderr }
}
const WORKING_DAY = ['weekday=1', 'day_of_year=10', 'holiday=0', 'day_index=740']

it('begins: init, add, check, repro, status', async () => {
  expect(await say('init')).toContain('Next: describe a model')
  expect(await say('add', 'data/births')).toContain('data/births')
  const delivery = 'data/births/births-1970-12-31.csv'
  expect(await say('check', delivery)).toMatch(/^passed:/)
  expect(await say('repro')).toMatch(/ran\s+train[\s\S]*ran\s+evaluate/)
  expect(await say('repro')).toMatch(/skipped\s+train/)
  expect(await say('status')).toContain('Data and pipelines are up to date.')
})

it('says nothing but faults when asked to be quiet, as scripts of DVC do', async () => {
  expect(await say('checkout', '-q')).toBe('')
  expect(await say('repro', '--quiet', '-v')).toBe('')
  const { code, stderr } = await refused('checkout', '-q', 'nowhere.csv')
  expect({ code, stderr }).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('nowhere.csv'),
  })
})

it('deploys: register, promote, predict, models, gate', async () => {
  running = await up(project, '--replay', '1971-01-02')
  expect(await say('register', 'births')).toBe('births version 1 is registered.\n')
  await say('promote', 'births')
  await until(async () => (await running.ask('GET', '/v2/models/births/ready')).status === 200)
  expect(await say('predict', 'births', ...WORKING_DAY)).toMatch(/^births: \[\d{4,5}/)
  expect(await say('models')).toContain('v1')
  expect(await say('gate', 'births')).toContain('passed')
  expect(JSON.parse(await say('models', '--json'))).toMatchObject({ items: [{ name: 'births' }] })
  expect(await say('doctor')).toContain('ok   control plane')
})

it('goes forward and back: promote by hand past the gate, rollback, and no further', async () => {
  await say('register', 'births')
  // Nothing has a truth yet, so the gate cannot tell: 3, neither yes nor no.
  expect(await refused('promote', 'births')).toMatchObject({ code: 3 })
  const forced = { version: 2, force: true }
  expect(await running.ask('POST', '/api/v1/models/births/promote', forced)).toMatchObject({
    status: 200,
  })
  expect(await say('rollback', 'births')).toContain('Version 1 of births answers again')
  const { code, stderr } = await refused('rollback', 'births')
  expect({ code, stderr }).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('ROLLBACK_IMPOSSIBLE'),
  })
})

it('loops: pause, resume, retrain, runs, logs, alerts', async () => {
  expect(await say('pause', 'births')).toContain('until it is resumed')
  await say('resume', 'births')
  await say('retrain', 'births')
  const newest = async () => {
    const { items } = JSON.parse(await say('runs', 'births', '--json')) as {
      items: readonly { id: string; status: string }[]
    }
    return items[0]
  }
  await until(async () => (await newest())?.status === 'succeeded')
  const id = (await newest())?.id ?? ''
  expect(await say('logs', id)).toContain('learned from')
  expect(await say('logs', id, '--grep', 'LEARNED')).toMatch(/^train:\d+: .*learned from/m)
  expect((await refused('logs', id, '--grep', 'no such words')).code).toBe(1)
  expect(await say('logs', id, '--follow', '--stage', 'train')).toMatch(/^train \| .*learned from/m)
  expect(await say('alerts')).toContain('No alerts.')
})

it('tells of a stage of a run, also of a repro in a shell', async () => {
  const runs = async () =>
    (JSON.parse(await say('runs', '--json')) as { items: readonly Record<string, string>[] }).items
  const isDone = ({ origin, status }: Record<string, string>): boolean =>
    origin === 'shell' && status === 'succeeded'
  await say('repro', '--force')
  await until(async () => (await runs()).some(isDone))
  const id = (await runs()).find(isDone)?.['id'] ?? ''
  const run = await say('why', id)
  expect(run).toMatch(/Run in a shell succeeded: train ran, evaluate ran/)
  const story = await say('why', `${id}/evaluate`)
  expect(story).toMatch(
    /Stage evaluate: ran, [\d.]+ s, \d+ MB at the most, exit code 0; .*; \w+ \S+ \w+, node v24/,
  )
  // What it read was written by the stage before.
  expect(story).toMatch(/models\/births\.onnx, \d+ bytes, written by stage train/)
  expect(story).toContain(`Stage train: ran`)
})

it('explains: why, down to the hash of the data and the commit', async () => {
  const story = await say('why', 'births/1')
  expect(story).toMatch(/births version 1 learned from/)
  expect(story).toMatch(/Commit [0-9a-f]{10}: births: the project as its author wrote it/)
  expect(await refused('why', 'nothing')).toMatchObject({ code: 4 })
  expect(await refused('feedback', 'pred_none', '3')).toMatchObject({ code: 4 })
  expect(await refused('rollout', 'status', 'births')).toMatchObject({ code: 4 })
})
