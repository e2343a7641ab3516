import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readSpool,
  servingPaths,
  SPOOL_START,
  writeRoutes,
  type GatewayState,
  type PredictionRecord,
  type RoutedRollout,
  type ShadowRecord,
  type SpoolRecord,
} from '../../src/capabilities/serving/index.ts'

const PROGRAM = join(import.meta.dirname, '../../src/main/gateway.ts')

/** A real gateway process in a temporary state folder, with one endpoint `m`. */
export interface TestGateway {
  readonly stateDir: string
  url(path: string): string
  pid(): number
  /** Stores a model file and gives its path. */
  model(name: string, bytes: Uint8Array): string
  /** Routes endpoint `m`, and waits until the gateway follows. */
  route(champion: Version, rollout?: Partial<RoutedRollout> & Version): Promise<GatewayState>
  infer(data: readonly number[], options?: InferOptions): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  socket(method: string, path: string): Promise<unknown>
  records(): readonly SpoolRecord[]
  predictions(): readonly PredictionRecord[]
  shadows(): readonly ShadowRecord[]
  start(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
  close(): Promise<void>
}

export interface Version {
  readonly version: number
  readonly model_path: string
}

export interface InferOptions {
  readonly key?: string
  readonly path?: string
  readonly datatype?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
  readonly y: readonly number[]
}

export async function startTestGateway(): Promise<TestGateway> {
  const stateDir = mkdtempSync(join(tmpdir(), 'gateway-'))
  let child: ChildProcess | null = null
  let base = ''
  let epoch = 0
  const start = async () => {
    const config = { stateDir, host: '127.0.0.1', inferencePort: 0, version: 'test' }
    child = spawn(process.execPath, [PROGRAM, JSON.stringify(config)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    base = await new Promise<string>((resolve, reject) => {
      child?.once('message', (message: { ready?: { url: string } }) =>
        message.ready === undefined
          ? reject(new Error(JSON.stringify(message)))
          : resolve(message.ready.url),
      )
      child?.once('exit', (code, signal) => reject(new Error(`gateway ended: ${signal ?? code}`)))
    })
  }
  const kill = async (signal: NodeJS.Signals) => {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await ended
  }
  const socket = (method: string, path: string) =>
    callSocket(servingPaths(stateDir).gatewaySocket, method, path)
  const post: TestGateway['post'] = async (path, body, headers = {}) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body:
        typeof body === 'string' || body instanceof Uint8Array
          ? (body as string)
          : JSON.stringify(body),
    })
    return toAnswer(response)
  }
  const records = () =>
    readSpool({ dir: servingPaths(stateDir).spool, cursor: SPOOL_START, maxBytes: 1e9 }).records
  await start()
  return {
    stateDir,
    url: (path) => `${base}${path}`,
    pid: () => child?.pid ?? -1,
    model(name, bytes) {
      const path = join(stateDir, name)
      writeFileSync(path, bytes)
      return path
    },
    async route(champion, rollout) {
      epoch += 1
      writeRoutes(stateDir, {
        epoch,
        project: 'test',
        endpoints: {
          m: {
            model: 'm',
            salt: 'salt',
            champion: { digest: null, ...champion },
            rollout: rollout === undefined ? null : { ...ROLLOUT, ...rollout },
          },
        },
      })
      return (await socket('POST', '/internal/reload')) as GatewayState
    },
    infer(data, { key, path = '/v2/models/m/infer', datatype = 'FP32' } = {}) {
      const input = { name: 'x', datatype, shape: [data.length, 1], data }
      return post(path, { inputs: [input], ...(key === undefined ? {} : { parameters: { key } }) })
    },
    post,
    socket,
    records,
    predictions: () => records().filter((record) => record.kind === 'prediction'),
    shadows: () => records().filter((record) => record.kind === 'shadow'),
    start,
    kill,
    async close() {
      await kill('SIGTERM')
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

const ROLLOUT = {
  digest: null,
  rollout_id: 'rol_test',
  mode: 'canary',
  fraction: 1,
  timeout_ms: 250,
} as const

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Answer['body']
  const [first] = (body['outputs'] ?? []) as readonly { readonly data: readonly number[] }[]
  return { status: response.status, headers: response.headers, body, y: first?.data ?? [] }
}

function callSocket(socketPath: string, method: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve(JSON.parse(text)))
    })
    call.on('error', reject)
    call.end()
  })
}

/** Processes that run models for this gateway. */
export function runnerPids(gatewayPid: number): readonly number[] {
  const children = readFileSync(`/proc/${gatewayPid}/task/${gatewayPid}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number)
}
