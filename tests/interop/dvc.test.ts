import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  datasetStatus,
  initDataProject,
  openDataProject,
} from '../../src/capabilities/datasets/index.ts'
import { GOLDEN_FILES, GOLDEN_LOCK } from '../../src/capabilities/pipelines/golden.testing.ts'
import { repro } from '../../src/capabilities/pipelines/index.ts'
import { systemClock } from '../../src/base/time.ts'
import { dvcIn } from './dvc-forks.ts'
import { tools } from './tools.ts'

let dvcTool: string
let root: string
const opened: DataProject[] = []

beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-dvc-'))
  execFileSync('git', ['init', '-q', root])
})

afterAll(() => {
  for (const project of opened) {
    project.close()
    rmSync(project.root, { recursive: true, force: true })
  }
})

function dvc(...args: readonly string[]): string {
  return dvcIn(dvcTool, args, { cwd: root, env: process.env })
}

function open(): DataProject {
  const project = openDataProject(root)
  opened.push(project)
  return project
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

function writeOddFiles(): void {
  write('data/a.csv', 'a\n')
  write('data/sub/bé😀.csv', 'b\n')
  write('data/\uffee.csv', 'order\n')
  write('data/empty.csv', '')
  write('data/skip.tmp', 'x')
  write('odd # name: 1.csv', 'x')
  write('2020', 'y')
  write('big.bin', 'z'.repeat(3_000_000))
}

const TRACKED = ['data', 'odd # name: 1.csv', '2020', 'big.bin']

describe('datasets', () => {
  test('dvc finds clean what we added, and we write what it writes', async () => {
    initDataProject(root)
    const project = open()
    writeOddFiles()
    write('.dvcignore', `${read('.dvcignore')}*.tmp\n`)
    for (const path of TRACKED) await addDataset(project, path)
    expect(dvc('status')).toContain('Data and pipelines are up to date')
    expect(JSON.parse(dvc('data', 'status', '--json', '--granular'))).not.toHaveProperty(
      'not_in_cache',
    )
    const ours = TRACKED.map((path) => read(`${path}.dvc`))
    dvc('add', '-q', ...TRACKED)
    expect(TRACKED.map((path) => read(`${path}.dvc`))).toEqual(ours)
    rmSync(join(root, 'data'), { recursive: true })
    dvc('checkout', '-q')
    expect(read('data/sub/bé😀.csv')).toBe('b\n')
  })

  test('we find clean what dvc added, also after each has changed it', async () => {
    dvc('init', '-q')
    writeOddFiles()
    dvc('add', '-q', ...TRACKED)
    const project = open()
    const states = async () => (await datasetStatus(project)).map(({ state }) => state)
    expect(await states()).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
    expect((await addDataset(project, 'data')).written).toEqual([])
    write('data/c.csv', 'c\n')
    await addDataset(project, 'data')
    expect(dvc('status')).toContain('up to date')
    write('data/d.csv', 'd\n')
    dvc('add', '-q', 'data')
    expect(await states()).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
    rmSync(join(root, 'data'), { recursive: true })
    await checkoutDatasets(project)
    expect(dvc('status')).toContain('up to date')
  })

  test('init writes what dvc init writes', () => {
    initDataProject(root)
    const ours = ['.dvc/config', '.dvc/.gitignore', '.dvcignore'].map(read)
    rmSync(join(root, '.dvc'), { recursive: true })
    rmSync(join(root, '.dvcignore'))
    dvc('init', '-q')
    expect(['.dvc/config', '.dvc/.gitignore', '.dvcignore'].map(read)).toEqual(ours)
  })
})

describe('pipelines', () => {
  const run = () =>
    repro(
      {
        root,
        stateDir: join(root, '.ratchet'),
        env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
        clock: systemClock,
      },
      { runId: 'run_1', targets: [] },
    )
  const actions = async () => (await run()).stages.map(({ action }) => action)

  beforeEach(() => {
    initDataProject(root)
    for (const [path, text] of Object.entries(GOLDEN_FILES)) write(path, text)
    mkdirSync(join(root, 'models'))
  })

  test('dvc finds clean what we ran, and has nothing to run', async () => {
    expect(await actions()).toEqual(['ran', 'ran', 'ran'])
    const lock = read('dvc.lock')
    expect(lock).toBe(GOLDEN_LOCK.replace('      isexec: true\n', ''))
    expect(dvc('status')).toContain('Data and pipelines are up to date')
    expect(dvc('repro')).toContain('Data and pipelines are up to date')
    expect(read('dvc.lock')).toBe(lock)
  })

  test('we have nothing to run after dvc ran, and take turns with it', async () => {
    dvc('repro')
    const lock = read('dvc.lock')
    expect(await actions()).toEqual(['skipped', 'skipped', 'skipped'])
    expect(read('dvc.lock')).toBe(lock)
    write('params.yaml', read('params.yaml').replace('1973-05-01', '1974-05-01'))
    expect(await actions()).toEqual(['ran', 'ran', 'skipped'])
    expect(dvc('status')).toContain('up to date')
    write('data/raw.csv', 'a,b\n3,4\n')
    dvc('repro')
    expect(await actions()).toEqual(['skipped', 'skipped', 'skipped'])
  })
})
