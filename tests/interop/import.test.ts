import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openImportWorld } from '../../src/edges/mlflow/import/import-world.testing.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { pythonOf, tools } from './tools.ts'

const STORE = fileURLToPath(new URL('mlflow-store.py', import.meta.url))
const RATCHET = fileURLToPath(new URL('../../bin/ratchet', import.meta.url))

const newest = () => pythonOf(tools.mlflow())
const oldest = tools.pythonOfMlflow2_0

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-import-interop-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Client {
  readonly python: string
  readonly cwd: string
  readonly uri: string
}

async function mlflow({ python, cwd, uri }: Client, args: readonly string[]): Promise<string> {
  mkdirSync(cwd, { recursive: true })
  const { stdout } = await promisify(execFile)(python, [STORE, ...args], {
    cwd,
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: uri,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_ALLOW_FILE_STORE: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  }).catch((error: { stderr?: string }) => {
    throw new Error(`MLflow's client failed:\n${error.stderr ?? String(error)}`, { cause: error })
  })
  return stdout.trim().split('\n').at(-1) ?? ''
}

describe('what a client reads from Ratchet is what it read from MLflow', () => {
  it.each([
    {
      name: `SQLite of ${MLFLOW_VERSION}`,
      python: newest,
      uri: () => 'sqlite:///mlflow.db',
      kind: 'registry',
    },
    {
      name: `file store of ${MLFLOW_VERSION}`,
      python: newest,
      uri: (cwd: string) => `file://${cwd}/mlruns`,
      kind: 'registry',
    },
    { name: 'SQLite of 2.0.1', python: oldest, uri: () => 'sqlite:///mlflow.db', kind: 'registry' },
    {
      name: 'file store of 2.0.1',
      python: oldest,
      uri: (cwd: string) => `file://${cwd}/mlruns`,
      kind: 'runs',
    },
  ])('$name', async ({ name, python, uri, kind }) => {
    const cwd = join(folder, name.replaceAll(' ', '-'))
    const client = { python: python(), cwd, uri: uri(cwd) }
    await mlflow(client, ['fill', kind])
    // A store without a registry has no answer to questions about it.
    const before = JSON.parse(await mlflow(client, ['dump', kind])) as unknown
    const world = await openImportWorld()
    try {
      const report = await world.run(cwd)
      expect(report.skipped).toEqual([])
      const ours = { python: newest(), cwd: world.folder, uri: world.root }
      expect(JSON.parse(await mlflow(ours, ['dump', kind]))).toEqual(before)
      expect(world.faults).toEqual([])
      const again = await world.run(cwd)
      expect(again.kinds.every(({ written }) => written === 0)).toBe(true)
    } finally {
      await world.close()
    }
  })
})

describe('an import that is killed', () => {
  const KILLS = 6

  it(`is made whole by the next: ${KILLS} times kill -9`, async () => {
    const source = join(folder, 'large')
    await mlflow({ python: newest(), cwd: source, uri: 'sqlite:///mlflow.db' }, [
      'fill',
      'registry',
    ])
    multiply(join(source, 'mlflow.db'), 400)
    const [clean, killed] = ['clean', 'killed'].map((name) => project(join(folder, name)))
    await ratchet(clean ?? '', source)
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(RATCHET, ['import', source], { cwd: killed, stdio: 'ignore' })
      await new Promise((resolve) => setTimeout(resolve, 250 + 150 * kill))
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await ratchet(killed ?? '', source)
    expect(contents(killed ?? '')).toEqual(contents(clean ?? ''))
  })
})

/** More runs than a kill can miss, made of one that MLflow itself wrote. */
function multiply(file: string, times: number): void {
  const db = new DatabaseSync(file)
  const { id } = db.prepare("select run_uuid as id from runs where name = 'run 0'").get() as {
    id: string
  }
  db.exec('begin')
  for (let copy = 0; copy < times; copy++) {
    const next = copy.toString(16).padStart(32, '0')
    for (const table of ['runs', 'params', 'tags', 'metrics', 'latest_metrics']) {
      const columns = db.prepare(`select name from pragma_table_info('${table}')`).all()
      const names = columns.map(({ name }) => `"${String(name)}"`)
      const values = names.map((name) => (name === '"run_uuid"' ? `'${next}'` : name))
      db.exec(
        `insert into ${table} (${names.join()}) select ${values.join()} from ${table} where run_uuid = '${id}'`,
      )
    }
  }
  db.exec('commit')
  db.close()
}

function project(cwd: string): string {
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(cwd, 'ratchet.yaml'), 'project: x\nmodels: {}\n')
  return cwd
}

async function ratchet(cwd: string, source: string): Promise<void> {
  await promisify(execFile)(RATCHET, ['import', source, '--json'], { cwd, maxBuffer: 2 ** 26 })
}

/** Every row of every table that an import writes, whatever order it came in. */
function contents(cwd: string): unknown {
  const db = new DatabaseSync(join(cwd, '.ratchet/ratchet.db'), { readOnly: true })
  const read = (text: string): unknown[] => db.prepare(text).all()
  const rows = {
    experiments: read('select * from tracking_experiments order by id'),
    runs: read(
      'select id, experiment_id, name, status, end_time, artifact_uri from tracking_runs order by id',
    ),
    params: read('select * from tracking_params order by run_id, key'),
    tags: read('select * from tracking_tags order by run_id, key'),
    series: read(
      'select r.id, k.key, s.step, s.at, s.value, s.logged from tracking_series s join tracking_runs r on r.seq = s.run join tracking_keys k on k.id = s.key order by 1, 2',
    ),
    points: read(
      'select r.id, k.key, p.step, p.at, p.value, p.is_nan from tracking_points p join tracking_runs r on r.seq = p.run join tracking_keys k on k.id = p.key order by 1, 2, 3, 4, 5',
    ),
    models: read('select * from tracking_logged_models order by id'),
    versions: read('select * from registry_versions order by model, version'),
    aliases: read('select * from registry_aliases order by model, alias'),
  }
  db.close()
  return rows
}
