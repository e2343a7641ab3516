import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../base/time.ts'
import { initDataProject } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { registerDatasetCommands } from './datasets.ts'
import { registerPipelineCommands } from './pipelines.ts'
import { registerStageCommands } from './pipelines-stages.ts'

let root: string
let lines: string[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-cli-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  mkdirSync(join(root, 'data'))
  writeFileSync(join(root, 'data/a.csv'), '1\n')
  writeFileSync(
    join(root, 'dvc.yaml'),
    'stages:\n  train:\n    cmd: cat data/a.csv > model\n    deps: [data]\n    outs: [model]\n',
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function ratchet(...args: readonly string[]): Promise<readonly string[]> {
  lines = []
  const program = new Command().exitOverride()
  const out = (line: string) => void lines.push(line)
  const base = { out, json: false, projectRoot: root }
  const answer = (_: unknown, said: readonly string[]) => void lines.push(...said)
  const places = { cwd: root, dataRoot: () => root, stateDir: () => join(root, '.ratchet') }
  const { signal } = new AbortController()
  const context = { ...places, answer, note: out, interactive: false, signal }
  registerDatasetCommands(program, context as unknown as CliContext)
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const repro = { root, stateDir: join(root, '.ratchet'), env, clock: systemClock }
  const forRuns = { ...base, folder: '', repro, signal, progress: out }
  registerPipelineCommands(program, forRuns)
  registerStageCommands(program, context as unknown as CliContext, () => forRuns)
  await program.parseAsync([...args], { from: 'user' })
  return lines
}

test('add and checkout say what they did', async () => {
  expect(await ratchet('add', 'data')).toEqual([
    expect.stringMatching(/^added: data \([0-9a-f]{8}, 1 files\)$/),
    'To record it: git add data.dvc .gitignore',
  ])
  rmSync(join(root, 'data/a.csv'))
  expect(await ratchet('checkout')).toEqual(['M       data/'])
})

test('repro says what it runs and why', async () => {
  expect(await ratchet('repro', '--dry')).toEqual([
    'run      train',
    '    train has never run here',
  ])
  expect(await ratchet('repro', 'train')).toEqual([
    'running train: train has never run here',
    'train | > cat data/a.csv > model',
    expect.stringMatching(/^ran {6}train \(/),
    'To record it: git add dvc.lock',
  ])
  writeFileSync(join(root, 'data/a.csv'), '2\n')
  const [why] = await ratchet('repro')
  expect(why).toMatch(/^running train: data changed from [0-9a-f]{8} to [0-9a-f]{8}$/)
  expect(await ratchet('repro')).toEqual(['skipped  train', 'Data and pipelines are up to date.'])
})

test('data that a run versions again is told, and is to be recorded', async () => {
  await ratchet('add', 'data')
  await ratchet('repro')
  writeFileSync(join(root, 'data/a.csv'), '2\n')
  expect((await ratchet('repro', '--dry'))[0]).toBe('version  data')
  expect((await ratchet('repro')).slice(-3)).toEqual([
    'versioned data',
    expect.stringMatching(/^ran {6}train \(/),
    'To record it: git add data.dvc dvc.lock',
  ])
  writeFileSync(join(root, 'data/a.csv'), '3\n')
  expect(await ratchet('repro', 'data.dvc')).toEqual([
    'versioned data',
    'To record it: git add data.dvc',
  ])
})

test('a stage that is added may run at once, without those before it', async () => {
  const stage = ['-n', 'copy', '-d', 'data', '-o', 'b', '--run', 'cat data/a.csv > b']
  expect(await ratchet('stage', 'add', ...stage)).toEqual([
    'running copy: copy has never run here',
    'copy | > cat data/a.csv > b',
    "Added stage 'copy' in 'dvc.yaml'",
    'To record it: git add dvc.yaml .gitignore',
    expect.stringMatching(/^ran {6}copy \(/),
    'To record it: git add dvc.lock',
  ])
})
