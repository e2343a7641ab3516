import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunLineage, Why } from '../../src/edges/http/contract.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { freePort } from '../free-port.ts'
import { DvcRepository } from './dvc-repository.ts'
import { pythonOf, tools } from './tools.ts'

/** Looks at the project rest between each other. */
const PATIENCE_MS = 30_000
const RATCHET = new URL('../../bin/ratchet', import.meta.url).pathname
const SCRIPT = new URL('mlflow-lineage.py', import.meta.url).pathname

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

async function startUp(cwd: string): Promise<{ readonly up: ChildProcess; readonly url: string }> {
  const [port, inferencePort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const args = ['up', '--port', `${port}`, '--inference-port', `${inferencePort}`]
  const up = spawn(RATCHET, args, { cwd, stdio: 'ignore' })
  while (!(await fetch(`${url}/ready`).catch(() => ({ ok: false }))).ok) await setTimeout(100)
  return { up, url }
}

async function end(up: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => up.once('exit', resolve))
  up.kill('SIGINT')
  await ended
}

describe('a run of an unmodified client in a repository of Git and DVC that it shares with the server', () => {
  let repository: DvcRepository
  let up: ChildProcess
  let url: string
  let python: string
  let first: string

  beforeAll(async () => {
    python = pythonOf(tools.mlflow())
    repository = new DvcRepository(tools.dvc())
    repository.write('ratchet.yaml', 'project: shop\nmodels: {}\n')
    repository.write('src/train.py', `exec(open(${JSON.stringify(SCRIPT)}).read())\n`)
    repository.write('data/raw.csv', 'raw\n')
    repository.write(
      'dvc.yaml',
      'stages:\n  clean:\n    cmd: cp data/raw.csv data/clean.csv\n    deps: [data/raw.csv]\n    outs: [data/clean.csv]\n',
    )
    repository.dvc('init', '-q')
    repository.dvc('add', '-q', 'data/raw.csv')
    repository.dvc('repro', '-q')
    repository.commit('a first pipeline')
    repository.write('src/train.py', `${repository.read('src/train.py')}# not committed\n`)
    ;({ up, url } = await startUp(repository.root))
  })
  afterAll(async () => {
    await end(up)
    repository.close()
  })

  /** As somebody types it in a folder of the project. */
  async function train(folder: string, script: string): Promise<string> {
    const options = {
      cwd: join(repository.root, folder),
      env: {
        ...process.env,
        MLFLOW_TRACKING_URI: url,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
        LOGNAME: userInfo().username,
      },
    }
    const { stdout } = await promisify(execFile)(python, [script], options)
    return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { run_id: string }).run_id
  }

  async function lineageOf(id: string): Promise<RunLineage> {
    const until = performance.now() + PATIENCE_MS
    for (;;) {
      const lineage = (await (await fetch(`${url}/api/v1/runs/${id}/lineage`)).json()) as RunLineage
      if (lineage.snapshot !== null) return lineage
      if (performance.now() > until) throw new Error(`nothing was kept for ${id}`)
      await setTimeout(50)
    }
  }

  it('keeps commit, what differed, hashes of the data and its environment', async () => {
    const id = await train('.', 'src/train.py')
    first = id
    const { snapshot, environment } = await lineageOf(id)
    expect(snapshot).toMatchObject({
      commit: repository.git('rev-parse', 'HEAD').trim(),
      script: 'src/train.py',
      matched_by: 'commit',
      changed: ['src/train.py'],
      untracked: [],
      data: ['data/clean.csv', 'data/raw.csv'].map((path) => ({ path, md5: md5('raw\n') })),
    })
    expect(snapshot?.diff).toContain('+# not committed')
    expect(environment).toMatchObject({
      client: `mlflow-python-client/${MLFLOW_VERSION}`,
      mlflow_version: MLFLOW_VERSION,
      requirements: ['mlflow', 'scikit-learn==1.5'],
    })
    const why = JSON.parse(repository.ratchet('why', id, '--json')) as Why
    expect(why.chain.map(({ kind }) => kind)).toEqual([
      'tracked run',
      'workspace',
      'commit',
      'data',
    ])
    expect(why.chain.at(-1)?.id).toBe(md5('raw\n'))
  })

  it('is told also by its full path, and from another folder', async () => {
    const ids = [
      await train('/', join(repository.root, 'src/train.py')),
      await train('src', 'train.py'),
    ]
    const found = await Promise.all(ids.map(lineageOf))
    expect(found.map(({ snapshot }) => [snapshot?.script, snapshot?.matched_by])).toEqual([
      ['src/train.py', 'path'],
      ['src/train.py', 'commit'],
    ])
  })

  it('takes it along into another project by an archive', async () => {
    const { snapshot } = await lineageOf(first)
    const archive = join(repository.root, 'run.tar.gz')
    repository.ratchet('runs', 'export', first, '--output', archive)
    const other = new DvcRepository('dvc')
    other.write('ratchet.yaml', 'project: other\nmodels: {}\n')
    other.ratchet('runs', 'import', archive)
    const { up: others } = await startUp(other.root)
    try {
      const { chain } = JSON.parse(other.ratchet('why', first, '--json')) as Why
      expect(chain.slice(0, 2).map((step) => [step.kind, step.id])).toEqual([
        ['tracked run', first],
        ['workspace', snapshot?.id],
      ])
    } finally {
      await end(others)
      other.close()
    }
  })
})
