import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GOLDEN_EXECUTABLE, GOLDEN_FILES, GOLDEN_LOCK } from './golden.testing.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { identify, isAlive } from './processes.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { repro, type StageUpdate } from './runner.ts'
import { endOrphans } from './stage-process.ts'

let project: TestProject

beforeEach(() => {
  project = testProject()
})
afterEach(() => project.remove())

const run = (targets: readonly string[] = []) => repro(project, { runId: 'run_1', targets })
const actions = async () => (await run()).stages.map(({ stage, action }) => `${stage} ${action}`)
const fails = (code: string) => expect.objectContaining({ code })

const TWO_STAGES = `stages:
  prepare:
    cmd: cp raw.csv clean.csv
    deps: [raw.csv]
    outs: [clean.csv]
  train:
    cmd: cat clean.csv params.yaml > model.bin
    deps: [clean.csv]
    params: [train.until]
    outs: [model.bin]
`

function writeTwoStages(): void {
  project.write('dvc.yaml', TWO_STAGES)
  project.write('params.yaml', 'train:\n  until: "1971-01-01" # moved\n')
  project.write('raw.csv', '1\n')
}

test('dvc.lock is what dvc writes, byte for byte', async () => {
  for (const [path, text] of Object.entries(GOLDEN_FILES))
    project.write(path, text, path === GOLDEN_EXECUTABLE ? 0o755 : 0o644)
  project.write('models/.keep', '')
  const result = await run()
  expect(result.error).toBeNull()
  expect(project.read('dvc.lock')).toBe(GOLDEN_LOCK)
  expect(project.read('models/.gitignore')).toBe('/m.txt\n/one.txt\n/two.txt\n')
  expect(await actions()).toEqual(['prepare skipped', 'train skipped', 'multi skipped'])
  expect(project.read('dvc.lock')).toBe(GOLDEN_LOCK)
})

test('runs what changed, and only that, and says why', async () => {
  writeTwoStages()
  expect(await actions()).toEqual(['prepare ran', 'train ran'])
  expect(await actions()).toEqual(['prepare skipped', 'train skipped'])
  project.write('params.yaml', 'train:\n  until: "1971-02-01" # moved\n')
  const { stages } = await run()
  expect(stages.map(({ action }) => action)).toEqual(['skipped', 'ran'])
  expect(stages[1]?.reasons).toEqual([
    { kind: 'param', subject: 'params.yaml:train.until', from: '1971-01-01', to: '1971-02-01' },
  ])
  project.write('raw.csv', '2\n')
  expect(await actions()).toEqual(['prepare ran', 'train ran'])
  rmSync(join(project.root, 'model.bin'))
  expect(await actions()).toEqual(['prepare skipped', 'train restored'])
  expect(project.read('model.bin')).toContain('2\n')
})

test('a command that hangs is stopped with all its children', async () => {
  const dvc = 'cmd: sleep 30 & sleep 30\n    outs: [x]\n    meta: {ratchet: {timeout: 200ms}}'
  project.write('dvc.yaml', `stages:\n  slow:\n    ${dvc}\n`)
  const result = await run()
  expect(result.error).toMatchObject({ code: 'PIPELINE_STAGE_TIMEOUT' })
  expect(spawnSync('pgrep', ['-f', `${project.root}`]).stdout.toString()).toBe('')
  expect(readdirSync(join(project.stateDir, 'run/stages'))).toEqual([])
})

test.each([
  ['echo no >&2; exit 3', 'PIPELINE_STAGE_FAILED', /"a".*exit code 3.*a\.log/],
  ['kill -9 $$', 'PIPELINE_STAGE_FAILED', /SIGKILL/],
  ['exit 0', 'PIPELINE_OUT_MISSING', /did not write x/],
])('%s => %s', async (cmd, code, detail) => {
  project.write('dvc.yaml', `stages:\n  a:\n    cmd: ${cmd}\n    outs: [x]\n`)
  const result = await run()
  expect(result).toMatchObject({ status: 'failed', stages: [] })
  expect(result.error).toMatchObject({ code, detail: expect.stringMatching(detail) })
  expect(existsSync(join(project.root, 'dvc.lock'))).toBe(false)
})

test('what ran before the failure is kept', async () => {
  writeTwoStages()
  project.write('dvc.yaml', TWO_STAGES.replace('cat clean.csv params.yaml', 'false'))
  const updates: StageUpdate[] = []
  const onUpdate = async (update: StageUpdate) => void updates.push(update)
  const failed = await repro(project, { runId: 'run_1', targets: [], onUpdate })
  expect(failed.error).toMatchObject({ code: 'PIPELINE_STAGE_FAILED' })
  // What comes next starts before the stage is written down, and may even have failed by then.
  const kinds = updates.map(({ kind }) => kind)
  expect(kinds.slice(0, 2)).toEqual(['started', 'started'])
  expect(kinds.slice(2).toSorted()).toEqual(['failed', 'finished'])
  project.write('dvc.yaml', TWO_STAGES)
  expect(await actions()).toEqual(['prepare skipped', 'train ran'])
})

test('a command that names dvc.lock finds the stages before it written down', async () => {
  const b = 'cmd: cat a.out dvc.lock > b.out\n    deps: [a.out]\n    outs: [b.out]\n'
  project.write(
    'dvc.yaml',
    `stages:\n  a:\n    cmd: echo 1 > a.out\n    outs: [a.out]\n  b:\n    ${b}`,
  )
  const updates: string[] = []
  const onUpdate = async ({ kind }: StageUpdate) => void updates.push(kind)
  expect((await repro(project, { runId: 'run_1', targets: [], onUpdate })).error).toBeNull()
  expect(updates).toEqual(['started', 'finished', 'started', 'finished'])
  expect(project.read('b.out')).toMatch(
    /^1\nschema: '2\.0'\nstages:\n {2}a:\n {4}cmd: echo 1 > a\.out\n/,
  )
})

test('a dependency that does not exist is named', async () => {
  project.write('dvc.yaml', TWO_STAGES)
  project.write('params.yaml', 'train: {until: x}\n')
  expect((await run()).error).toMatchObject({
    code: 'PIPELINE_DEP_MISSING',
    detail: 'stage "prepare" depends on raw.csv',
    path: expect.stringMatching(/^dvc\.yaml:4:\d+$/),
  })
})

test('an abort ends the stage and leaves dvc.lock alone', async () => {
  project.write('dvc.yaml', 'stages:\n  a:\n    cmd: sleep 30\n    outs: [x]\n')
  const stop = new AbortController()
  const onUpdate = async () => void setTimeout(() => stop.abort(new Error('stop')), 100)
  const running = repro(project, { runId: 'run_1', targets: [], signal: stop.signal, onUpdate })
  await expect(running).rejects.toThrow('stop')
  expect(existsSync(join(project.root, 'dvc.lock'))).toBe(false)
  await expect(run(['b'])).rejects.toThrow(fails('PIPELINE_STAGE_UNKNOWN'))
})

test('after kill -9 of the runner its stage is ended, then run again once', async () => {
  project.write(
    'dvc.yaml',
    'stages:\n  a:\n    cmd: echo run >> runs.log && sleep 0.6 && echo 1 > x\n    outs: [x]\n',
  )
  const script = `import { repro } from ${JSON.stringify(new URL('runner.ts', import.meta.url).pathname)}
    const { root, stateDir } = JSON.parse(process.argv[1])
    await repro({ root, stateDir, env: process.env, clock: { now: () => 0 } }, { runId: 'run_1', targets: [] })`
  const args = ['--input-type=module', '-e', script, JSON.stringify(project)]
  const first = spawn(process.execPath, args, { stdio: 'ignore' })
  while (!existsSync(join(project.root, 'runs.log'))) await pause(10)
  const [file = ''] = readdirSync(join(project.stateDir, 'run/stages'))
  const record = JSON.parse(project.read(`.ratchet/run/stages/${file}`)) as OnRecord
  const orphan = identify(record.process.pid)
  first.kill('SIGKILL')
  await new Promise((resolve) => first.once('exit', resolve))
  expect(isAlive(orphan)).toBe(true)
  expect(await actions()).toEqual(['a ran'])
  expect(isAlive(orphan)).toBe(false)
  expect(project.read('runs.log')).toBe('run\nrun\n')
})

interface OnRecord {
  readonly process: { readonly pid: number }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

test('a second repro of the same stage waits, and finds it done; one of another stage does not wait', async () => {
  const other = '  b:\n    cmd: echo > y\n    outs: [y]\n'
  project.write('dvc.yaml', `stages:\n  a:\n    cmd: sleep 1; echo > x\n    outs: [x]\n${other}`)
  const first = run(['a'])
  while (!existsSync(join(project.root, '.ratchet/logs/run_1/a.log'))) await pause(10)
  const holders: string[] = []
  const request = { runId: 'run_2', onWait: (holder: string) => void holders.push(holder) }
  const second = repro(project, { ...request, targets: ['a'] })
  const beside = await repro(project, { ...request, targets: ['b'] })
  expect(beside.stages).toMatchObject([{ stage: 'b', action: 'ran' }])
  expect(project.read('dvc.lock')).not.toContain('  a:')
  expect((await first).stages).toMatchObject([{ stage: 'a', action: 'ran' }])
  expect((await second).stages).toMatchObject([{ stage: 'a', action: 'skipped' }])
  expect(holders).toEqual([expect.stringContaining('ratchet repro')])
  expect(project.read('dvc.lock')).toMatch(/ {2}a:[^]* {2}b:| {2}b:[^]* {2}a:/)
})

test('a record of a process that is gone is cleared without harm', async () => {
  const owner = { pid: 999_999_999, startedAt: '1' }
  const reused = { pid: process.pid, startedAt: 'another time' }
  project.write(
    '.ratchet/run/stages/a.json',
    JSON.stringify({ stage: 'a', process: reused, owner }),
  )
  project.write('.ratchet/run/stages/b.json', '{"torn')
  expect(await endOrphans(project.stateDir)).toEqual([])
  expect(readdirSync(join(project.stateDir, 'run/stages'))).toEqual([])
})

test('environment, log and executable bit reach where they should', async () => {
  const cmd = 'echo "$RATCHET_RUN_ID $DVC_STAGE"; echo 1 > x; chmod +x x'
  project.write('dvc.yaml', `stages:\n  a:\n    cmd: ${cmd}\n    outs: [x]\n`)
  const result = await run()
  expect(project.read('.ratchet/logs/run_1/a.log')).toBe(`> ${cmd}\nrun_1 a\n`)
  expect(project.read('dvc.lock')).toContain('isexec: true')
  expect(statSync(result.stages[0]?.logPath ?? '').size).toBeGreaterThan(0)
})

describe('dvc.yaml', () => {
  test.each([
    [
      'stages:\n  a:\n    cmd: x\n    depz: [y]\n',
      'PIPELINE_FILE_INVALID',
      'dvc.yaml:4:11 stages.a.depz',
    ],
    ['stages:\n  a:\n    deps: [y]\n', 'PIPELINE_FILE_INVALID', 'dvc.yaml:3:'],
    ['stages:\n  a:\n    foreach: 1\n    do: {cmd: x}\n', 'PIPELINE_FILE_INVALID', 'dvc.yaml:3:'],
    ['stages:\n  a:\n    foreach: [1]\n    do: {cm: x}\n', 'PIPELINE_FILE_INVALID', 'stages.a.do'],
    [
      'stages:\n  a:\n    cmd: echo ${nope}\n',
      'PIPELINE_FILE_INVALID',
      'dvc.yaml:3:10 stages.a.cmd',
    ],
    ['stages:\n  a:\n    cmd: x\n<<<<<<< HEAD\n=======\n', 'PIPELINE_FILE_CONFLICT', 'dvc.yaml:4'],
    ['stages:\n  a:\n    cmd: x\n    wdir: ../..\n', 'DATASET_OUTSIDE', '..'],
    ['stages: [\n', 'PIPELINE_FILE_INVALID', 'dvc.yaml:'],
  ])('%j is refused with its place', (text, code, path) => {
    project.write('dvc.yaml', text)
    expect(() => readPipeline(project.root)).toThrow(
      expect.objectContaining({ code, path: expect.stringContaining(path) }),
    )
  })

  test.each([
    ['a: {cmd: x, deps: [q], outs: [p]}\n  b: {cmd: x, deps: [p], outs: [q]}', 'PIPELINE_CYCLE'],
    ['a: {cmd: x, outs: [p]}\n  b: {cmd: x, outs: [p/q]}', 'PIPELINE_OUTPUT_TWICE'],
    ['a: {cmd: x, outs: [../p]}', 'DATASET_OUTSIDE'],
    ['a: {cmd: x, outs: [.git/hooks/pre-commit]}', 'DATASET_OUTSIDE'],
  ])('%s => %s', async (stages, code) => {
    project.write('dvc.yaml', `stages:\n  ${stages}\n`)
    const outcome = await run().catch((error: unknown) => ({ error }))
    expect(outcome.error).toMatchObject({ code })
  })

  test('an unquoted date among parameters is refused, as DVC does, with the way out', async () => {
    writeTwoStages()
    project.write('params.yaml', 'train:\n  until: 1971-01-01\n')
    const { error } = await run(['train'])
    expect(error).toMatchObject({
      code: 'PIPELINE_PARAMS_INVALID',
      detail: expect.stringContaining('quote it'),
    })
  })
})

test('two stages cost less than 100 ms of work of our own', async () => {
  const stage = (name: string, dep: string) =>
    `  ${name}:\n    cmd: cat ${dep} > ${name}.out\n    deps: [${dep}]\n    outs: [${name}.out]\n`
  project.write('dvc.yaml', `stages:\n${stage('a', 'raw.csv')}${stage('b', 'a.out')}`)
  // Work and not time, for other tests run beside; the least of several, for the first is cold.
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 6; attempt++) {
    project.write('raw.csv', `${attempt}`)
    const before = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  expect(least).toBeLessThan(100)
})
