import { execFile, execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  claimPaths,
  type DataProject,
  datasetStatus,
  initDataProject,
  openDataProject,
  withRepoLock,
} from '../../src/capabilities/datasets/index.ts'
import { readListing } from '../../src/capabilities/datasets/listing.ts'
import { tools } from './tools.ts'

let dvcTool: string
let root: string
let project: DataProject

beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-locks-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  project = openDataProject(root)
})

afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

const dvc = (...args: readonly string[]) => promisify(execFile)(dvcTool, args, { cwd: root })
const busy = (detail: RegExp) =>
  expect.objectContaining({ code: 'DATASET_BUSY', detail: expect.stringMatching(detail) as string })

/** A Python program that says `held` and then waits to be killed. */
async function holding(program: string) {
  const child = spawn(
    join(dirname(dvcTool), 'python'),
    ['-c', `${program}\nprint('held', flush=True)\nimport time; time.sleep(60)`],
    { cwd: root },
  )
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

test('dvc does not run over us', async () => {
  writeFileSync(join(root, 'a.csv'), 'a')
  await withRepoLock(project, {}, async () => {
    await expect(dvc('add', 'a.csv')).rejects.toThrow(/Unable to acquire lock/)
  })
  await dvc('add', 'a.csv')
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
}, 60_000)

test('we wait for dvc, say who it is, and go on when it was killed', async () => {
  const other = await holding(`import zc.lockfile; lock = zc.lockfile.LockFile('.dvc/tmp/lock')`)
  const work = async () => 'done'
  await expect(withRepoLock(project, { waitMs: 300 }, work)).rejects.toThrow(
    busy(new RegExp(`process ${other.pid}`)),
  )
  const waiting: string[] = []
  const onWait = (holder: string): void => {
    waiting.push(holder)
    void other.kill()
  }
  expect(await withRepoLock(project, { onWait }, work)).toBe('done')
  expect(waiting).toEqual([`process ${other.pid}`])
}, 60_000)

test('a path that a stage of dvc writes is waited for; status answers meanwhile', async () => {
  writeFileSync(join(root, 'a.csv'), 'a')
  await addDataset(project, 'a.csv')
  const stage =
    'stages:\n  slow:\n    cmd: touch started && until [ -e go ]; do sleep 0.1; done && echo x > out\n    outs: [out]\n'
  writeFileSync(join(root, 'dvc.yaml'), stage)
  const repro = dvc('repro')
  while (!execFileSync('ls', { cwd: root, encoding: 'utf8' }).includes('started'))
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
  const out = { paths: ['out'], waitMs: 200 }
  await expect(withRepoLock(project, out, async () => {})).rejects.toThrow(busy(/repro/))
  await withRepoLock(project, { paths: ['a.csv'] }, async () => {})
  writeFileSync(join(root, 'go'), '')
  await repro
}, 60_000)

test('dvc keeps off a path that we claim', async () => {
  writeFileSync(join(root, 'a.csv'), 'a')
  await dvc('add', 'a.csv')
  const claim = { read: [], write: [join(root, 'out')], cmd: 'ratchet repro' }
  const release = await claimPaths(root, claim)
  writeFileSync(join(root, 'dvc.yaml'), 'stages:\n  one:\n    cmd: echo x > out\n    outs: [out]\n')
  await expect(dvc('repro')).rejects.toThrow(/is busy/)
  await release()
  await dvc('repro')
}, 60_000)

test('both tools at once, again and again, leave every file recorded', async () => {
  for (const name of ['ours', 'theirs']) mkdirSync(join(root, name))
  const rounds = Array.from({ length: 3 }, (_, round) => round)
  const run = async (name: string, add: () => Promise<unknown>) => {
    for (const round of rounds) {
      writeFileSync(join(root, name, `${round}.csv`), `${name} ${round}`)
      await add()
    }
  }
  await Promise.all([
    run('ours', () => withRepoLock(project, {}, () => addDataset(project, 'ours'))),
    run('theirs', () => dvc('--wait-for-lock', 'add', 'theirs').catch(() => dvc('add', 'theirs'))),
  ])
  expect((await dvc('status')).stdout).toContain('up to date')
  expect(await datasetStatus(project)).toMatchObject([
    { state: 'unchanged', cached: true },
    { state: 'unchanged', cached: true },
  ])
}, 120_000)

test('a hostile listing of ten million files ends before it fills the memory', () => {
  const file = join(root, 'listing')
  const out = openSync(file, 'w')
  const entry = `{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "x"}`
  const part = Array.from({ length: 10_000 }, () => entry).join(', ')
  for (let written = 0; written < 1000; written++)
    writeSync(out, (written === 0 ? '[' : ', ') + part)
  writeSync(out, ']')
  closeSync(out)
  const before = process.memoryUsage().rss
  expect(() => readListing(file)).toThrow(expect.objectContaining({ code: 'DATASET_TOO_LARGE' }))
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(700)
}, 120_000)
