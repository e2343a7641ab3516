import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { pythonOf, tools } from './tools.ts'

const RATCHET = new URL('../../bin/ratchet', import.meta.url).pathname

let root: string
let up: ChildProcess
let url: string

beforeAll(async () => {
  const python = pythonOf(tools.mlflow())
  root = mkdtempSync(join(tmpdir(), 'ratchet-stages-'))
  execFileSync('git', ['init', '-q', root])
  const files = {
    'ratchet.yaml': 'project: stages\nmodels: {}\n',
    'raw.csv': '1\n',
    'params.yaml': 'lr: 0.5\n',
    'train.py': `import mlflow
with mlflow.start_run():
    mlflow.log_metric("acc", 0.9)
open("model.txt", "w").write("m")
print("trained")
`,
    'dvc.yaml': `stages:
  train:
    cmd: ${python} train.py
    deps: [raw.csv, train.py]
    params: [lr]
    outs: [model.txt]
  broken:
    cmd: exit 4
`,
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text)
  ratchet('init')
  commit()
  writeFileSync(join(root, 'train.py'), `${files['train.py']}# not committed\n`)
  const ports = [await freePort(), await freePort()]
  url = `http://127.0.0.1:${ports[0]}`
  const args = ['up', '--port', `${ports[0]}`, '--inference-port', `${ports[1]}`]
  up = spawn(RATCHET, args, { cwd: root, stdio: 'ignore' })
  while (!(await fetch(`${url}/ready`).catch(() => ({ ok: false }))).ok) await pause(100)
}, 300_000)

afterAll(async () => {
  const ended = new Promise((resolve) => up.once('exit', resolve))
  up.kill('SIGINT')
  await ended
  rmSync(root, { recursive: true, force: true })
}, 60_000)

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function ratchet(...args: readonly string[]): string {
  return execFileSync(RATCHET, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
}

function commit(): void {
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', root, ...args])
  git('add', '-A')
  git('-c', 'user.name=n', '-c', 'user.email=e@x', 'commit', '-qm', 'x')
}

interface Found {
  readonly info: {
    readonly run_name: string
    readonly status: string
    readonly artifact_uri: string
  }
  readonly data: {
    readonly metrics?: readonly { readonly key: string; readonly value: number }[]
    readonly params?: readonly { readonly key: string; readonly value: string }[]
    readonly tags: readonly { readonly key: string; readonly value: string }[]
  }
  readonly inputs: {
    readonly dataset_inputs?: readonly { readonly dataset: { readonly digest: string } }[]
  }
}

async function runs(): Promise<ReadonlyMap<string, Found>> {
  const get = await fetch(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=pipelines`)
  const { experiment } = (await get.json()) as { experiment: { experiment_id: string } }
  const response = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: [experiment.experiment_id] }),
  })
  const { runs: found } = (await response.json()) as { runs: readonly Found[] }
  return new Map(found.map((run) => [run.info.run_name, run]))
}

test('each stage is a tracked run, in which the real client of MLflow logs', async () => {
  expect(() => ratchet('repro', '--keep-going')).toThrow(/exit code 4/)
  expect(existsSync(join(root, 'mlflow.db'))).toBe(false)
  const found = await runs()
  expect([...found.keys()].toSorted()).toEqual(['broken', 'train'])
  const train = found.get('train')
  const tags = new Map(train?.data.tags.map(({ key, value }) => [key, value]))
  expect(train?.info.status).toBe('FINISHED')
  expect(found.get('broken')?.info.status).toBe('FAILED')
  expect(train?.data.params).toEqual([{ key: 'params.yaml/lr', value: '0.5' }])
  const metrics = new Map(train?.data.metrics?.map(({ key, value }) => [key, value]))
  expect(metrics.get('acc')).toBe(0.9)
  expect(metrics.get('duration_s')).toBeGreaterThan(0.1)
  expect(metrics.get('peak_memory_mb')).toBeGreaterThan(10)
  const lock = readFileSync(join(root, 'dvc.lock'), 'utf8')
  expect(train?.inputs.dataset_inputs).toHaveLength(2)
  for (const { dataset } of train?.inputs.dataset_inputs ?? [])
    expect(lock).toContain(dataset.digest)
  expect(lock).toContain(tags.get('ratchet.output.model.txt'))
  expect(tags.get('ratchet.git.dirty')).toBe('true')
  const artifacts = train?.info.artifact_uri.replace('mlflow-artifacts:/', '') ?? ''
  const read = async (name: string) =>
    (await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${artifacts}/${name}`)).text()
  expect(await read('stage.log')).toContain('trained')
  expect(await read('git.diff')).toContain('+# not committed')
})

test('what a killed repro left running is ended by the next', async () => {
  writeFileSync(
    join(root, 'dvc.yaml'),
    'stages:\n  slow:\n    cmd: test -e go || sleep 60; echo > o\n    outs: [o]\n',
  )
  const killed = spawn(RATCHET, ['repro'], { cwd: root, stdio: 'ignore' })
  while (!(await runs()).has('slow')) await pause(50)
  const ended = new Promise((resolve) => killed.once('exit', resolve))
  killed.kill('SIGKILL')
  await ended
  writeFileSync(join(root, 'go'), '')
  ratchet('repro')
  const all = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: ['1'], filter: "tags.`ratchet.stage` = 'slow'" }),
  })
  const { runs: found } = (await all.json()) as { runs: readonly Found[] }
  expect(found.map(({ info }) => info.status).toSorted()).toEqual(['FINISHED', 'KILLED'])
})
