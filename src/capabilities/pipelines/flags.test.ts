import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestProject, testProject } from './project.testing.ts'
import { repro, type ReproRequest, type StageUpdate } from './runner.ts'
import { pipelineStatus } from './status.ts'

let project: TestProject

// raw → a → b, raw → c, and d on its own in a file of its own.
const FILES = {
  'dvc.yaml': `stages:
  b: {cmd: cat a > b, deps: [a], outs: [b]}
  a: {cmd: cat raw > a, deps: [raw], outs: [a]}
  c: {cmd: cat raw > c, deps: [raw], outs: [c]}
`,
  'sub/dvc.yaml': 'stages:\n  d: {cmd: echo > d, outs: [d]}\n',
  raw: '1\n',
}

beforeEach(() => {
  project = testProject(FILES)
})
afterEach(() => project.remove())

async function run(request: Partial<ReproRequest> = {}) {
  const result = await repro(project, { runId: 'run_1', targets: [], ...request })
  return { ...result, actions: result.stages.map(({ stage, action }) => `${stage} ${action}`) }
}

test.each([
  [{}, ['a ran', 'b ran', 'c ran']],
  [{ targets: ['b'] }, ['a ran', 'b ran']],
  [{ targets: ['a'], downstream: true }, ['a ran', 'b ran']],
  [{ targets: ['c'], single: true }, ['c ran']],
  [{ targets: ['b', 'c'], pipeline: true }, ['a ran', 'b ran', 'c ran']],
  [{ allPipelines: true }, ['a ran', 'b ran', 'c ran', 'sub/dvc.yaml:d ran']],
  [{ targets: ['sub/dvc.yaml:d'] }, ['sub/dvc.yaml:d ran']],
  [{ targets: ['sub/dvc.yaml'] }, ['sub/dvc.yaml:d ran']],
  [{ targets: ['sub'], recursive: true }, ['sub/dvc.yaml:d ran']],
  [{ targets: ['[ac]'], glob: true }, ['a ran', 'c ran']],
] as const)('%j chooses %j', async (request, expected) => {
  expect((await run(request)).actions).toEqual(expected)
})

test.each([
  [{ folder: 'sub' }, ['sub/dvc.yaml:d ran']],
  [{ folder: 'sub', targets: ['d'] }, ['sub/dvc.yaml:d ran']],
  [{ folder: 'sub', targets: ['../dvc.yaml:a'] }, ['a ran']],
  [{ folder: 'sub', targets: ['.'], recursive: true }, ['sub/dvc.yaml:d ran']],
] as const)('from a folder %j chooses %j', async (request, expected) => {
  expect((await run(request)).actions).toEqual(expected)
})

describe('a frozen stage whose input is not there', () => {
  const frozen = FILES['dvc.yaml'].replace('cmd: cat a > b', 'frozen: true, cmd: cat a > b')
  beforeEach(async () => {
    await run()
    project.write('dvc.yaml', frozen)
    rmSync(join(project.root, 'a'))
  })

  test('goes by its outputs alone', async () => {
    expect((await run({ targets: ['b'] })).actions).toEqual(['b skipped'])
    const [status] = await pipelineStatus(project, { targets: ['b'] })
    expect(status).toMatchObject({ action: 'skip', error: null })
    rmSync(join(project.root, 'b'))
    const { error } = await run({ targets: ['b'] })
    expect(error).toMatchObject({ code: 'PIPELINE_OUT_MISSING' })
  })

  test('is not recorded anew', async () => {
    const lock = project.read('dvc.lock')
    project.write('b', 'by hand\n')
    rmSync(join(project.root, '.dvc/cache'), { recursive: true })
    const { error } = await run({ targets: ['b'] })
    expect(error).toMatchObject({ code: 'PIPELINE_DEP_MISSING', path: 'dvc.yaml:2:44' })
    expect(project.read('dvc.lock')).toBe(lock)
  })
})

test.each([
  ['exit 3', 'PIPELINE_STAGE_FAILED', 'dvc.yaml:4:12: stage "s"'],
  ['echo', 'PIPELINE_OUT_MISSING', 'stage "s" did not write x'],
] as const)('a fault of "%s" names the line of dvc.yaml', async (cmd, code, detail) => {
  project.write('dvc.yaml', `stages:\n  # a comment\n  s:\n      cmd: ${cmd}\n      outs: [x]\n`)
  const { error } = await run()
  expect(error).toMatchObject({ code, detail: expect.stringContaining(detail) })
  expect(error?.path).toMatch(code === 'PIPELINE_OUT_MISSING' ? /^dvc\.yaml:5:14$/ : /s\.log$/)
})

test.each([
  ['foreach: [x]\n    do:\n      cmd: exit 3', 'dvc.yaml:5:12: stage "s@x"'],
  ['matrix: {k: [x]}\n    cmd: exit 3', 'dvc.yaml:4:10: stage "s@x"'],
] as const)('of a generated stage too: %s', async (text, place) => {
  project.write('dvc.yaml', `stages:\n  s:\n    ${text}\n`)
  expect((await run()).error?.detail).toContain(place)
})

test('force runs all, force-downstream what depends on what ran', async () => {
  await run()
  expect((await run()).actions).toEqual(['a skipped', 'b skipped', 'c skipped'])
  expect((await run({ force: true })).actions).toEqual(['a ran', 'b ran', 'c ran'])
  project.write('dvc.yaml', FILES['dvc.yaml'].replace('cat raw > a', 'cat < raw > a'))
  // The same bytes come out, so without the flag b would be left alone.
  const { actions } = await run({ forceDownstream: true })
  expect(actions).toEqual(['a ran', 'b ran', 'c skipped'])
})

describe('after a failure', () => {
  const failing = FILES['dvc.yaml'].replace('cat raw > a', 'exit 3')
  test.each([
    ['fail', 'failed', [], []],
    ['keep-going', 'failed', ['c ran'], ['b']],
    ['ignore', 'succeeded', ['c ran'], []],
  ] as const)('%s', async (onError, status, actions, blocked) => {
    project.write('dvc.yaml', failing)
    const result = await run({ onError, jobs: 1 })
    expect(result).toMatchObject({ status, actions, blocked })
    expect(result.failures[0]).toMatchObject({
      stage: 'a',
      error: { code: 'PIPELINE_STAGE_FAILED' },
    })
  })
})

test('no-commit writes dvc.lock and stores nothing', async () => {
  await run({ commit: false })
  expect(project.read('dvc.lock')).toContain('md5: b026324c6904b2a9cb4b88d6d61c81d1')
  expect(existsSync(join(project.root, '.dvc/cache/files'))).toBe(false)
})

test('an earlier run with the same inputs is restored, unless that is not wanted', async () => {
  await run()
  project.write('raw', '2\n')
  await run()
  project.write('raw', '1\n')
  expect((await run()).actions).toEqual(['a restored', 'b restored', 'c restored'])
  expect(project.read('b')).toBe('1\n')
  project.write('raw', '2\n')
  expect((await run({ runCache: false })).actions).toEqual(['a ran', 'b ran', 'c ran'])
})

test('a broken entry of the run cache is set aside, and the stage runs', async () => {
  await run({ targets: ['a'] })
  const folder = join(project.root, '.dvc/cache/runs')
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const file = entries.find((entry) => entry.isFile())
  const path = join(file?.parentPath ?? '', file?.name ?? '').slice(project.root.length + 1)
  project.write(path, project.read(path).replace('path: a', 'path: ../../evil'))
  rmSync(join(project.root, 'dvc.lock'))
  expect((await run({ targets: ['a'] })).actions).toEqual(['a ran'])
  project.write(path, 'cmd: [')
  rmSync(join(project.root, 'dvc.lock'))
  expect((await run({ targets: ['a'] })).actions).toEqual(['a ran'])
  expect(existsSync(join(project.root, `${path}.broken`))).toBe(true)
})

test('data that is missing counts as unchanged when that is allowed', async () => {
  await run()
  rmSync(join(project.root, 'raw'))
  expect((await run({ allowMissing: true })).actions).toEqual([
    'a skipped',
    'b skipped',
    'c skipped',
  ])
  expect((await run()).error).toMatchObject({ code: 'PIPELINE_DEP_MISSING' })
})

test('with --pull an output that persists is brought back, and its stage does not run', async () => {
  const stages = 'stages:\n  p: {cmd: cat raw >> p, deps: [raw], outs: [p: {persist: true}]}\n'
  project.write('dvc.yaml', stages)
  await run()
  await run({ force: true })
  rmSync(join(project.root, 'p'))
  expect((await run({ pull: true })).actions).toEqual(['p restored'])
  expect(project.read('p')).toBe('1\n1\n')
})

describe('data that is missing and may be', () => {
  beforeEach(() => run())

  test('is brought for no stage that is as recorded', async () => {
    rmSync(join(project.root, 'a'))
    const asked = { targets: ['b'], allowMissing: true, pull: true }
    expect((await run(asked)).actions).toEqual(['a skipped', 'b skipped'])
    expect(existsSync(join(project.root, 'a'))).toBe(false)
    expect((await run({ ...asked, allowMissing: false })).actions).toEqual([
      'a restored',
      'b skipped',
    ])
  })

  test('counts as what was made last', async () => {
    project.write('raw', '2\n')
    await run({ targets: ['a'] })
    rmSync(join(project.root, 'a'))
    const asked = { targets: ['b'], allowMissing: true }
    expect((await run(asked)).error).toMatchObject({ code: 'PIPELINE_STAGE_FAILED' })
    expect((await run({ ...asked, pull: true })).actions).toEqual(['a skipped', 'b ran'])
    expect(project.read('b')).toBe('2\n')
  })
})

test('stages that do not depend on each other run side by side; dvc.lock is in their order all the same', async () => {
  const stage = (name: string, seconds: number) =>
    `  ${name}: {cmd: "date +%s%N > ${name}; sleep ${seconds}; date +%s%N >> ${name}", outs: [${name}]}\n`
  project.write('dvc.yaml', `stages:\n${stage('p', 0.6)}${stage('q', 0.2)}${stage('r', 0.2)}`)
  await run({ jobs: 3 })
  const span = (name: string) => project.read(name).trim().split('\n').map(Number)
  const [p, q, r] = [span('p'), span('q'), span('r')]
  expect(Math.max(p[0] ?? 0, q[0] ?? 0, r[0] ?? 0)).toBeLessThan(q[1] ?? 0)
  expect(project.read('dvc.lock').match(/^ {2}\w/gm)).toEqual(['  p', '  q', '  r'])
})

test('hints of need are kept: two stages that each want all cores run one after the other', async () => {
  const stage = (name: string) =>
    `  ${name}: {cmd: "date +%s%N > ${name}; sleep 0.2; date +%s%N >> ${name}", outs: [${name}], meta: {ratchet: {cores: 2}}}\n`
  project.write('dvc.yaml', `stages:\n${stage('p')}${stage('q')}`)
  await run({ jobs: 2 })
  const [p, q] = ['p', 'q'].map((name) => project.read(name).trim().split('\n').map(Number))
  expect(q?.[0]).toBeGreaterThan(p?.[1] ?? Infinity)
})

test('a stage is tried again as often as it may be', async () => {
  const cmd = 'echo x >> tries; test $(wc -l < tries) -ge 3 && echo > o'
  project.write(
    'dvc.yaml',
    `stages:\n  a: {cmd: "${cmd}", outs: [o], meta: {ratchet: {retries: 2}}}\n`,
  )
  expect((await run()).actions).toEqual(['a ran'])
  expect(project.read('.ratchet/logs/run_1/a.log')).toContain('# attempt 2 of 3 failed')
})

test('what a hand changes while a stage runs is seen, and not overwritten', async () => {
  project.write('dvc.yaml', 'stages:\n  a: {cmd: sleep 0.3; cat raw > a, deps: [raw], outs: [a]}\n')
  const onUpdate = async (update: StageUpdate) => {
    if (update.kind !== 'started') return
    project.write('raw', '2\n')
    project.write('dvc.lock', "schema: '2.0'\nstages:\n  other:\n    cmd: by hand\n")
  }
  await run({ onUpdate })
  expect(project.read('dvc.lock')).toMatch(
    /^schema: '2.0'\nstages:\n {2}other:\n {4}cmd: by hand\n {2}a:/,
  )
  const [status] = await pipelineStatus(project)
  expect(status?.reasons).toMatchObject([{ kind: 'dep', subject: 'raw' }])
})

test('status says of each stage what changed, and which others wait for it', async () => {
  await run()
  project.write('raw', '2\n')
  const statuses = await pipelineStatus(project)
  expect(statuses.map(({ stage, action, after }) => ({ stage, action, after }))).toEqual([
    { stage: 'a', action: 'run', after: [] },
    { stage: 'b', action: 'skip', after: ['a'] },
    { stage: 'c', action: 'run', after: [] },
  ])
})
