/** The data plane's process: answers predictions, takes feedback, holds no database. */
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import {
  changeDetector,
  createFeedback,
  createPredictor,
  openFleet,
  openSpoolWriter,
  projectClock,
  readRoutes,
  servingPaths,
  writeGatewayState,
  type Fleet,
  type GatewayState,
} from '../capabilities/serving/index.ts'
import { describeFailure } from './plane-failure.ts'
import type { GatewayApp } from '../edges/inference/gateway-app.ts'
import { callSocket, drainThrough, listenInternal } from '../edges/inference/internal.ts'
import { createInferenceMetrics } from '../edges/inference/metrics.ts'
import { createInferenceServer } from '../edges/inference/server.ts'

export interface GatewayConfig {
  readonly stateDir: string
  readonly host: string
  readonly port: number
  readonly version: string
}

const FLEET = { loadTimeoutMs: 10_000, hangGraceMs: 1_000, lingerMs: 60_000 }
const PREDICTOR = { championTimeoutMs: 10_000, maxShadows: 256 }
const POLL_ROUTES_MS = 250
const DRAIN_TIMEOUT_MS = 5_000
const LONGEST_GOODBYE_MS = 10_000

export interface Gateway {
  readonly port: number
  /** Finishes what is under way, then ends the runners. */
  close(): Promise<void>
}

/**
 * Starts the data plane; resolves when it listens and has loaded the routes that exist.
 * Rejects with EADDRINUSE on a taken port, and when another gateway serves the same folder.
 */
export async function startGateway(config: GatewayConfig): Promise<Gateway> {
  const paths = servingPaths(config.stateDir)
  mkdirSync(dirname(paths.gateway), { recursive: true })
  await refuseSecond(paths.gatewaySocket)
  const { fleet, predictor, spool, app } = assemble(config, () => announce())
  const server = createInferenceServer(app)
  const port = await listen(server, config)
  const state = (): GatewayState => ({
    pid: process.pid,
    host: config.host,
    port,
    epoch: fleet.epoch(),
    versions: fleet.versions(),
  })
  let closing = false
  const announce = () => {
    if (!closing) tryTo(() => writeGatewayState(config.stateDir, state()))
  }
  const { reload, stopWatching } = watchRoutes(config.stateDir, fleet)
  const flush = async () => {
    await predictor.settleShadows()
    return { ...(await spool.flush()), epoch: fleet.epoch() }
  }
  const internal = await listenInternal({ flush, reload, state }, paths.gatewaySocket)
  await reload().catch(report)
  announce()
  return {
    port,
    async close() {
      closing = true
      stopWatching()
      internal.close()
      await closeServer(server)
      await predictor.settleShadows()
      await spool.close()
      fleet.stop()
    },
  }
}

function assemble(config: GatewayConfig, onChange: () => void) {
  const paths = servingPaths(config.stateDir)
  const spool = openSpoolWriter({ dir: paths.spool })
  const clock = projectClock(config.stateDir)
  const metrics = createInferenceMetrics(spool)
  const fleet = openFleet({ ...FLEET, onChange })
  const observe = metrics.observe
  const predictor = createPredictor({ ...PREDICTOR, fleet, spool, clock, observe })
  const drain = drainThrough(paths.controlSocket, DRAIN_TIMEOUT_MS)
  const takeFeedback = createFeedback({ spool, clock, drain })
  const app: GatewayApp = { version: config.version, fleet, predictor, takeFeedback, metrics }
  return { fleet, predictor, spool, app }
}

// Two writers of one spool would cut each other's lines.
async function refuseSecond(socketPath: string): Promise<void> {
  const call = { method: 'GET', path: '/internal/state', timeoutMs: 500 } as const
  const other = (await callSocket(socketPath, call)) as GatewayState | null
  if (other === null) return
  throw Object.assign(new Error(`process ${other.pid} already serves this folder`), {
    code: 'EADDRINUSE',
  })
}

function listen(server: Server, { port, host }: GatewayConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), LONGEST_GOODBYE_MS).unref()
  })
}

/** The socket tells of new routes at once; looking at the file is for when nobody does. */
function watchRoutes(stateDir: string, fleet: Fleet) {
  const changed = changeDetector(servingPaths(stateDir).routes)
  const reload = async () => {
    changed()
    const routes = readRoutes(stateDir)
    if (routes !== null) await fleet.apply(routes)
  }
  const timer = setInterval(() => {
    if (changed()) reload().catch(report)
  }, POLL_ROUTES_MS)
  return { reload, stopWatching: () => clearInterval(timer) }
}

// A full disk must not stop the answers; the socket tells the same.
function tryTo(work: () => void): void {
  try {
    work()
  } catch (error) {
    report(error)
  }
}

function report(error: unknown): void {
  console.error(errorMessage(error))
}

/** Started by the supervisor with its configuration as argument; tells it when both sockets listen. */
async function main(): Promise<void> {
  const config = JSON.parse(process.argv[2] ?? '{}') as SupervisorConfig
  const { stateDir, host, inferencePort: port, version = '0.1.0' } = config
  const gateway = await startGateway({ stateDir, host, port, version })
  const url = `http://${host === '::1' ? '[::1]' : host}:${gateway.port}`
  process.send?.({ ready: { plane: 'data', url, pid: process.pid } })
  const goodbye = () => void gateway.close().then(() => process.exit(0))
  process.once('SIGTERM', goodbye)
  // Ctrl-C goes to the whole group of processes; the supervisor says when to stop.
  process.on('SIGINT', () => {})
  // A plane that nobody watches would hold the port against the next start.
  process.once('disconnect', goodbye)
  // It may have gone while this plane was starting; a gateway that somebody starts by hand has none.
  if (process.send !== undefined && !process.connected) goodbye()
}

interface SupervisorConfig {
  readonly stateDir: string
  readonly host: string
  readonly inferencePort: number
  readonly version?: string
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    report(error)
    const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
    process.send?.({ failed: describeFailure(error) })
    process.exitCode = taken ? 69 : 70
    if (process.connected) process.disconnect()
  })
