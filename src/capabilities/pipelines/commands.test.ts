import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stageLog } from './executors/local.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { repro } from './runner.ts'

let project: TestProject
beforeEach(() => {
  project = testProject()
})
afterEach(() => project.remove())

const run = (cmd: string) => {
  const stages = `stages:\n  a:\n    cmd: ${JSON.stringify(cmd)}\n    outs: [x]\n`
  project.write('dvc.yaml', stages)
  return repro(project, { runId: 'run_1', targets: [] })
}
const log = () => readFileSync(stageLog(project.stateDir, 'run_1', 'a'))

// As with DVC: the shell is waited for, and nothing of what it leaves behind.
test('a child in the background that holds the outputs open is not waited for, and lives on', async () => {
  const { error } = await run('sleep 60 & echo $! > x')
  expect(error).toBeNull()
  const child = Number(project.read('x'))
  expect(process.kill(child, 0)).toBe(true)
  process.kill(child, 'SIGKILL')
})

test('a command that reads its input finds none', async () => {
  expect((await run('cat > x; wc -c < x')).error).toBeNull()
  expect(project.read('x')).toBe('')
})

test('bytes that are no text reach the log as they are', async () => {
  expect((await run(String.raw`printf '\377\000\n' | tee x`)).error).toBeNull()
  expect(log().subarray(-3)).toEqual(Buffer.from([0xff, 0, 0x0a]))
})

test.each([
  ['kill -9 $$', 'was ended by SIGKILL (exit code -9);'],
  ["sh -c 'kill -9 $$'; exit $?", 'ended with exit code 137 (SIGKILL);'],
  ['exit 140', 'ended with exit code 140 (SIGUSR2);'],
  ['exit 255', 'ended with exit code 255;'],
])('%s %s', async (cmd, words) => {
  const { error } = await run(cmd)
  expect(error?.detail).toContain(`"${cmd}" ${words}`)
})

test('a folder that a stage wrote anew forgets what was known of the files in it', async () => {
  project.write(
    'dvc.yaml',
    `stages:
  fill: {cmd: mkdir d && cp raw d/f, deps: [raw], outs: [d]}
  one: {cmd: cat d/f > one, deps: [d/f], outs: [one]}
  all: {cmd: cat d/f > all, deps: [d], outs: [all]}
`,
  )
  const all = async () =>
    (await repro(project, { runId: 'run_1', targets: [] })).stages.map(({ action }) => action)
  for (const text of ['1\n', '2\n']) {
    project.write('raw', text)
    expect(await all()).toEqual(['ran', 'ran', 'ran'])
    expect([project.read('one'), project.read('all')]).toEqual([text, text])
  }
  expect(await all()).toEqual(['skipped', 'skipped', 'skipped'])
})
