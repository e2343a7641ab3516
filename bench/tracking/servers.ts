import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../../tests/free-port.ts'
import { tools } from '../../tests/interop/tools.ts'
import type { Config } from '../../src/main/config.ts'
import { CONTROL_ENVIRONMENT, CONTROL_FLAGS } from '../../src/main/supervisor.ts'
import { processTree, proportionalMegabytes } from '../processes.ts'

/** A server that speaks MLflow's REST API, in a folder of its own. */
export interface TrackingServer {
  readonly name: string
  readonly port: number
  /** From the start of the process to its first answer. */
  readonly startMs: number
  /** Of the process and all that it started, in MB; shared pages count once. */
  readonly memory: () => number
  readonly stop: () => Promise<void>
}

/** As `ratchet up` has it, filled by the starts before. */
const COMPILE_CACHE = join(tmpdir(), 'ratchet-bench-compile-cache')
const SERVER = join(import.meta.dirname, '../../src/main/server.ts')
const LONGEST_START_MS = 120_000

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ratchet-bench-tracking-'))
}

/** Our control plane alone, synced commits, as `ratchet up` starts it. */
export async function startRatchet(
  folder: string,
  compileCache: string = COMPILE_CACHE,
): Promise<TrackingServer> {
  const port = await freePort()
  const stateDir = join(folder, '.ratchet')
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(join(folder, 'ratchet.yaml'), 'project: bench\nmodels: {}\n')
  const config: Config = {
    projectRoot: folder,
    stateDir,
    host: '127.0.0.1',
    port,
    inferencePort: 0,
    logLevel: 'warn',
    bodyTimeoutMs: 300_000,
    artifacts: { folder: join(stateDir, 'artifacts'), uri: 'mlflow-artifacts:' },
    store: { kind: 'sqlite', file: join(stateDir, 'ratchet.db') },
    replayFrom: null,
  }
  const child = () =>
    spawn(process.execPath, [...CONTROL_FLAGS, SERVER, JSON.stringify(config)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...CONTROL_ENVIRONMENT, ...process.env, NODE_COMPILE_CACHE: compileCache },
    })
  return begin('Ratchet', port, child)
}

/** MLflow's own server with its defaults; `null`, said loudly, where it cannot be had. */
export async function startMlflow(folder: string): Promise<TrackingServer | null> {
  const mlflow = peerTool()
  if (mlflow === null) return null
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  const child = () =>
    spawn(mlflow, ['server', '--host', '127.0.0.1', '--port', String(port)], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, ...PEER_ENVIRONMENT },
      detached: true,
    })
  return begin('MLflow', port, child)
}

const PEER_ENVIRONMENT = { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' }

function peerTool(): string | null {
  try {
    return tools.mlflow()
  } catch (error) {
    console.error(`NO PEER: ${String(error)} The figures below stand alone.`)
    return null
  }
}

/** The Python beside MLflow, or the system's: load programs need nothing but Python itself. */
export function python(): string {
  const mlflow = peerTool()
  return mlflow === null ? 'python3' : join(dirname(mlflow), 'python')
}

/** Fills the peer's database, before it starts: through its API it would take hours. */
export function seedMlflow(folder: string, args: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  const env = { ...process.env, ...PEER_ENVIRONMENT }
  const seed = join(import.meta.dirname, 'seed-mlflow.py')
  execFileSync(python(), [seed, join(folder, 'mlflow.db'), ...args], { stdio: 'inherit', env })
}

async function begin(
  name: string,
  port: number,
  spawnChild: () => ChildProcess,
): Promise<TrackingServer> {
  const startedAt = performance.now()
  const child = spawnChild()
  const pid = child.pid ?? 0
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    const pids = processTree(pid)
    for (const one of pids) end(one)
    await ended
  }
  try {
    await firstAnswer(port, child)
  } catch (error) {
    await stop()
    throw error
  }
  const startMs = performance.now() - startedAt
  const memory = (): number =>
    processTree(pid).reduce((sum, one) => sum + proportionalMegabytes(one), 0)
  return { name, port, startMs, memory, stop }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}

async function firstAnswer(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + LONGEST_START_MS
  const url = `http://127.0.0.1:${port}/api/2.0/mlflow/experiments/get?experiment_id=0`
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`no answer at ${url}`)
}
