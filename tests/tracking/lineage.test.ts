import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { initDataProject } from '../../src/capabilities/datasets/index.ts'
import { createApp } from '../../src/edges/http/app.ts'
import type { RunLineage, Why } from '../../src/edges/http/contract.ts'
import { resolveConfig } from '../../src/main/config.ts'
import { openPlatform, type Platform } from '../../src/main/platform.ts'
import { registerRoutes } from '../../src/main/routes.ts'

/** Looks rest between each other, the longer the slower the machine is. */
const PATIENCE_MS = 40_000
vi.setConfig({ testTimeout: 2 * PATIENCE_MS })
const MD5 = 'c'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'ratchet-lineage-'))
const root = join(folder, 'project')
let api: string
let platform: Platform
let close: () => Promise<void>

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim()

beforeAll(async () => {
  mkdirSync(root)
  git('init', '--quiet')
  initDataProject(root)
  write('ratchet.yaml', 'project: shop\n')
  write('.gitignore', '.ratchet/\n')
  write('src/train.py', 'first\n')
  write('data/raw.csv.dvc', `outs:\n- md5: ${MD5}\n  size: 1\n  hash: md5\n  path: raw.csv\n`)
  git('add', '--all')
  git('commit', '--quiet', '--message', 'a first script')
  await open()
})
afterAll(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
beforeEach(() => git('checkout', '--quiet', '--force', 'HEAD'))

async function open(): Promise<void> {
  mkdirSync(join(root, '.ratchet/run'), { recursive: true })
  const log = pino({ level: 'silent' })
  platform = await openPlatform(resolveConfig({}, root, {}), log)
  const app = createApp({ onFault: () => {} })
  await registerRoutes(app, platform)
  api = await app.listen({ host: '127.0.0.1', port: 0 })
  await platform.start()
  close = async () => {
    await app.close()
    await platform.stop()
  }
}

const json = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
  (await (await fetch(api + path, init)).json()) as T

/** Starts a run as MLflow's client does, with these tags. */
async function start(tags: Readonly<Record<string, string>>, more: object = {}): Promise<string> {
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }))
  const { run } = await json<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'mlflow-python-client/3.17.2' },
    body: JSON.stringify({ experiment_id: '0', start_time: Date.now(), tags: list, ...more }),
  })
  return run.info.run_id
}

const lineage = (id: string) => json<RunLineage>(`/api/v1/runs/${id}/lineage`)

async function snapshotOf(id: string): Promise<NonNullable<RunLineage['snapshot']>> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const { snapshot } = await lineage(id)
    if (snapshot !== null) return snapshot
    await setTimeout(25)
  }
  throw new Error(`nothing was kept of the project for ${id}`)
}

describe('a run that started in the project', () => {
  it('is kept with commit, what differed, data and client', async () => {
    write('src/train.py', 'second\n')
    write('scratch.txt', 'nobody reads this\n')
    const id = await start({ 'mlflow.source.name': join(root, 'src/train.py') })
    const snapshot = await snapshotOf(id)
    expect(snapshot).toMatchObject({
      commit: git('rev-parse', 'HEAD'),
      script: 'src/train.py',
      matched_by: 'path',
      changed: ['src/train.py'],
      untracked: ['scratch.txt'],
      data: [{ path: 'data/raw.csv', md5: MD5 }],
    })
    expect(snapshot.diff).toContain('-first\n+second\n')
    expect(JSON.stringify(snapshot)).not.toContain('nobody reads this')
    const { sentence, environment } = await lineage(id)
    expect(sentence).toMatch(/^src\/train.py at commit [0-9a-f]{10}, 1 file changed; looked at /)
    expect(environment.client).toBe('mlflow-python-client/3.17.2')
    rmSync(join(root, 'scratch.txt'))
  })

  it('is told by why, down to commit and data', async () => {
    const id = await start({ 'mlflow.source.name': join(root, 'src/train.py') })
    const { id: snapshotId, commit } = await snapshotOf(id)
    const { chain } = await json<Why>(`/api/v1/why/${id}`)
    expect(chain.map((step) => [step.kind, step.id])).toEqual([
      ['tracked run', id],
      ['workspace', snapshotId],
      ['commit', commit],
      ['data', MD5],
    ])
    expect(chain[1]?.sentence).toMatch(/^The project stood on commit .{10}, without changes$/)
  })

  it('shares one snapshot with all that start in the same state', async () => {
    const tags = {
      'mlflow.source.name': 'train.py',
      'mlflow.source.git.commit': git('rev-parse', 'HEAD'),
      'mlflow.user': userInfo().username,
    }
    const ids = await Promise.all(Array.from({ length: 20 }, () => start(tags)))
    const found = await Promise.all(ids.map(snapshotOf))
    expect(new Set(found.map(({ id }) => id)).size).toBe(1)
    expect(found[0]).toMatchObject({ script: 'src/train.py', matched_by: 'commit' })
  })

  it.runIf(process.platform === 'linux')('is told by the kernel of its notebook', async () => {
    const tags = {
      'mlflow.source.name': 'explore.ipynb',
      'mlflow.source.type': 'NOTEBOOK',
      'mlflow.user': userInfo().username,
    }
    write('notebooks/explore.ipynb', '{}')
    const cwd = join(root, 'notebooks')
    const wait = ['-e', 'console.log(); setInterval(() => {}, 1000)', 'ipykernel_launcher']
    const kernel = spawn(process.execPath, wait, { cwd })
    try {
      await once(kernel.stdout, 'data')
      expect(await snapshotOf(await start(tags))).toMatchObject({
        script: 'notebooks/explore.ipynb',
        matched_by: 'kernel',
      })
    } finally {
      kernel.kill('SIGKILL')
      await once(kernel, 'exit')
    }
    const late = await start(tags)
    // Looked at after it.
    await snapshotOf(await start({ 'mlflow.source.name': join(root, 'src/train.py') }))
    expect((await lineage(late)).snapshot).toBeNull()
    rmSync(cwd, { recursive: true })
  })

  it('takes the snapshot along when it is cleared away', async () => {
    write('src/train.py', 'only once\n')
    const id = await start({ 'mlflow.source.name': join(root, 'src/train.py') })
    const { id: snapshotId } = await snapshotOf(id)
    const { tracking, database } = platform.foundation
    await tracking.deleteRun(id)
    await database.transaction((tx) => tracking.purgeRunIn(tx, id, null))
    expect(await tracking.getSnapshot(snapshotId)).toBeNull()
  })

  it('names its environment by the model that it logged', async () => {
    const id = await start({})
    const { model } = await json<{ model: { info: { model_id: string; artifact_uri: string } } }>(
      '/api/2.0/mlflow/logged-models',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ experiment_id: '0', source_run_id: id }),
      },
    )
    const path = model.info.artifact_uri.replace('mlflow-artifacts:/', '')
    const files = {
      MLmodel: 'flavors:\n  python_function:\n    python_version: 3.11.4\nmlflow_version: 3.17.2\n',
      'requirements.txt': 'mlflow==3.17.2\n# by hand\nscikit-learn==1.5\n',
    }
    for (const [name, body] of Object.entries(files))
      await fetch(`${api}/api/2.0/mlflow-artifacts/artifacts/${path}/${name}`, {
        method: 'PUT',
        body,
      })
    await platform.foundation.tracking.logOutputs(id, [{ modelId: model.info.model_id, step: 0 }])
    expect((await lineage(id)).environment).toMatchObject({
      mlflow_version: '3.17.2',
      python_version: '3.11.4',
      requirements: ['mlflow==3.17.2', 'scikit-learn==1.5'],
      from: model.info.model_id,
    })
  })
})

describe('nothing of the project is said of a run', () => {
  const commit = 'd'.repeat(40)

  it('that started elsewhere', async () => {
    symlinkSync(folder, join(root, 'out'))
    writeFileSync(join(folder, 'beside.py'), '')
    const others = [
      { 'mlflow.source.name': '/somewhere/else/train.py' },
      { 'mlflow.source.name': join(root, '../beside.py') },
      { 'mlflow.source.name': join(root, 'out/beside.py') },
      { 'mlflow.source.name': join(root, 'src') },
      { 'mlflow.source.name': 'train.py' },
      { 'mlflow.source.name': 'train.py', 'mlflow.source.git.commit': commit },
      {
        'mlflow.source.name': '../src/train.py',
        'mlflow.source.git.commit': git('rev-parse', 'HEAD'),
      },
      { 'mlflow.source.name': '\u0000' },
      { 'mlflow.source.name': join(root, 'src/train.py'), 'ratchet.stage': 'train' },
      {},
    ]
    const ids = await Promise.all(others.map((tags) => start(tags)))
    const old = await start(
      { 'mlflow.source.name': join(root, 'src/train.py') },
      { start_time: Date.now() - 86_400_000 },
    )
    // Looked at after all of them.
    await snapshotOf(await start({ 'mlflow.source.name': join(root, 'src/train.py') }))
    for (const id of [...ids, old]) expect((await lineage(id)).snapshot).toBeNull()
    rmSync(join(root, 'out'))
  })

  it('where ratchet.yaml asks for none; and what starts while nobody looks is looked at afterwards', async () => {
    const tags = { 'mlflow.source.name': join(root, 'src/train.py') }
    await close()
    write('ratchet.yaml', 'project: shop\ntracking: { snapshots: false }\n')
    await open()
    const id = await start(tags)
    await setTimeout(200)
    expect((await lineage(id)).snapshot).toBeNull()
    await close()
    write('ratchet.yaml', 'project: shop\n')
    await open()
    expect((await snapshotOf(id)).script).toBe('src/train.py')
  })
})
