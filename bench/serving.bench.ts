/**
 * One-row predictions through the whole data plane, each logged and synced before it is answered, against the real
 * gateway process. The load generator runs beside it on the same cores. `node bench/serving.bench.ts [seconds]`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readSpool,
  servingPaths,
  SPOOL_START,
  writeRoutes,
  type SpoolCursor,
} from '../src/capabilities/serving/index.ts'
import { linearModel } from '../tests/fixtures/onnx-models.ts'
import { report } from './measure.ts'
import { childrenOf, residentMegabytes } from './processes.ts'

const SECONDS = Number(process.argv[2] ?? 5)
const INPUTS = ['weekday', 'day_of_year', 'holiday', 'day_index']
const gatewayProgram = join(import.meta.dirname, '../src/main/gateway.ts')

interface Run {
  readonly connections: number
  readonly answered: number
  readonly failed: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

const stateDir = mkdtempSync(join(tmpdir(), 'bench-serving-'))
const gateway = await startGateway()
try {
  await measure()
} finally {
  gateway.process.kill('SIGTERM')
  await new Promise((resolve) => gateway.process.once('exit', resolve))
  rmSync(stateDir, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const idle = resident()
  await drive(4, 1)
  const single = await drive(1, SECONDS)
  const before = countLogged()
  const many = await drive(16, SECONDS)
  const logged = countLogged() - before
  const ms = { unit: 'ms' } as const
  report({ measure: 'one connection, p50', ours: single.p50, ...ms, reach: { at_most: 0.5 } })
  report({ measure: 'one connection, p99', ours: single.p99, ...ms, reach: { at_most: 2 } })
  const rate = { ours: many.perSecond, unit: '/s', reach: { at_least: 8000 } }
  report({ measure: '16 connections, logged and synced', ...rate })
  report({ measure: '16 connections, p50', ours: many.p50, ...ms })
  report({ measure: '16 connections, p99', ours: many.p99, ...ms })
  const none = { reach: { at_most: 0 } }
  report({ measure: 'answered and not logged', ours: many.answered - logged, unit: '', ...none })
  report({ measure: 'not answered', ours: single.failed + many.failed, unit: '', ...none })
  for (const [name, ours] of idle)
    report({ measure: `${name}: resident, idle`, ours, unit: 'MB', reach: { at_most: 160 } })
  for (const [name, ours] of resident())
    report({ measure: `${name}: resident, after the load`, ours, unit: 'MB' })
}

async function startGateway(): Promise<{ process: ChildProcess; port: number }> {
  const model_path = join(stateDir, 'model.onnx')
  const weights = Object.fromEntries(INPUTS.map((name, index) => [name, index + 1]))
  writeFileSync(model_path, linearModel(weights, 100))
  const champion = { version: 1, model_path, digest: null }
  const endpoint = { model: 'births', salt: 's', champion, rollout: null }
  writeRoutes(stateDir, { epoch: 1, project: 'bench', endpoints: { births: endpoint } })
  const config = { stateDir, host: '127.0.0.1', inferencePort: 0 }
  const child = spawn(process.execPath, [gatewayProgram, JSON.stringify(config)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { ready?: { url: string } }) =>
      resolve(message.ready?.url ?? ''),
    )
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
  })
  return { process: child, port: Number(new URL(url).port) }
}

/** Keeps each connection busy with one request at a time. A raw socket, so that the measure is not our own client. */
async function drive(connections: number, seconds: number): Promise<Run> {
  const latencies: number[] = []
  let failed = 0
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(gateway.port, '127.0.0.1')
      let sentAt = 0
      const ask = () => {
        if (performance.now() >= endsAt) {
          socket.end()
          return
        }
        sentAt = performance.now()
        socket.write(requestBytes(latencies.length))
      }
      socket.setNoDelay(true)
      socket.on('connect', ask)
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.on('data', (data) => {
        latencies.push(performance.now() - sentAt)
        if (data.subarray(9, 12).toString('latin1') !== '200') failed += 1
        ask()
      })
    })
  await Promise.all(Array.from({ length: connections }, one))
  const elapsed = (performance.now() - startedAt) / 1000
  const sorted = Float64Array.from(latencies).toSorted()
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0
  const answered = latencies.length - failed
  return {
    connections,
    answered,
    failed,
    perSecond: answered / elapsed,
    p50: at(0.5),
    p99: at(0.99),
  }
}

function requestBytes(index: number): string {
  const inputs = INPUTS.map(
    (name, column) =>
      `{"name":"${name}","datatype":"INT64","shape":[1,1],"data":[${(index + column) % 365}]}`,
  )
  const body = `{"parameters":{"key":"k${index}"},"inputs":[${inputs.join(',')}]}`
  return `POST /v2/models/births/infer HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

function countLogged(): number {
  let count = 0
  let cursor: SpoolCursor = SPOOL_START
  for (;;) {
    const batch = readSpool({
      dir: servingPaths(stateDir).spool,
      cursor,
      maxBytes: 16 * 1024 * 1024,
    })
    count += batch.records.length
    cursor = batch.cursor
    if (batch.atEnd) return count
  }
}

function resident(): readonly (readonly [string, number])[] {
  const pid = gateway.process.pid ?? 0
  const runners = childrenOf(pid).map((child) => ['runner', residentMegabytes(child)] as const)
  return [['gateway', residentMegabytes(pid)], ...runners]
}
