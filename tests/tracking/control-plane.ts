import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Config } from '../../src/main/config.ts'
import { freePort } from '../free-port.ts'

/** The control plane as a process of its own, in a folder that outlives it. */
export interface ControlPlane {
  readonly root: string
  readonly ask: (method: 'GET' | 'POST', path: string, body?: object) => Promise<PlaneAnswer>
  /** kill -9. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface PlaneAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

const SERVER = resolve('src/main/server.ts')

export function planeFolder(parent: string = tmpdir()): {
  readonly folder: string
  readonly remove: () => void
} {
  const folder = mkdtempSync(join(parent, 'ratchet-tracking-'))
  writeFileSync(join(folder, 'ratchet.yaml'), 'project: faults\nmodels: {}\n')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export async function startPlane(folder: string): Promise<ControlPlane> {
  const stateDir = join(folder, '.ratchet')
  mkdirSync(stateDir, { recursive: true })
  const config: Config = {
    projectRoot: folder,
    stateDir,
    artifacts: { folder: join(stateDir, 'artifacts'), uri: 'mlflow-artifacts:' },
    host: '127.0.0.1',
    port: await freePort(),
    inferencePort: 0,
    logLevel: 'fatal',
    bodyTimeoutMs: 300_000,
    store: { kind: 'sqlite', file: join(stateDir, 'ratchet.db') },
    replayFrom: null,
  }
  const child = spawn(process.execPath, [SERVER, JSON.stringify(config)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  await untilReady(child)
  const root = `http://127.0.0.1:${config.port}/api/2.0/mlflow`
  const end = (signal: NodeJS.Signals) => async (): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {
    root,
    ask: (method, path, body) => ask(root + path, method, body),
    kill: end('SIGKILL'),
    stop: end('SIGTERM'),
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    child.on('message', (message: { ready?: unknown; failed?: unknown }) => {
      if (message.ready !== undefined) done()
      if (message.failed !== undefined) fail(new Error(JSON.stringify(message.failed)))
    })
    child.once('exit', (code) => fail(new Error(`the control plane ended with ${code}`)))
  })
}

async function ask(url: string, method: string, body?: object): Promise<PlaneAnswer> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** A new run of the Default experiment. */
export async function newRun(plane: ControlPlane): Promise<string> {
  const { body } = await plane.ask('POST', '/runs/create', { experiment_id: '0' })
  return (body['run'] as { info: { run_id: string } }).info.run_id
}

/** The steps of a metric that are there. */
export async function stepsOf(
  plane: ControlPlane,
  run: string,
  key: string,
): Promise<readonly number[]> {
  const steps: number[] = []
  let token = ''
  do {
    const query = `run_id=${run}&metric_key=${key}&max_results=25000&page_token=${token}`
    const { body } = await plane.ask('GET', `/metrics/get-history?${query}`)
    const metrics = (body['metrics'] ?? []) as readonly { readonly step: number }[]
    steps.push(...metrics.map(({ step }) => step))
    token = encodeURIComponent(String(body['next_page_token'] ?? ''))
  } while (token !== '')
  return steps
}
