import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, Server } from 'node:http'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { http, useProxies } from '../base/http-library.ts'
import { parseJson } from '../base/json.ts'
import { useSettingsFolders } from '../base/settings-folders.ts'
import { systemClock, toIso } from '../base/time.ts'
import { type AppOptions, createApp } from '../edges/http/app.ts'
import { writeFileAtomically } from '../storage/files/atomic.ts'
import { type Config, dvcSettingsFolders, proxySettings } from './config.ts'
import { describeFailure } from './plane-failure.ts'
import { openPlatform, type Platform } from './platform.ts'
import { registerRoutes } from './routes.ts'

/** The control plane: page, APIs, database, jobs. Started by the supervisor with its configuration as argument. */
const config = JSON.parse(process.argv[2] ?? '{}') as Config
const log = pino({ level: config.logLevel, base: { plane: 'control' } })

try {
  await serve(config, log)
} catch (error) {
  log.fatal(error)
  tellSupervisor({ failed: describeFailure(error) })
  process.exitCode = 1
  if (process.connected) process.disconnect()
}

async function serve(config: Config, log: Logger): Promise<void> {
  mkdirSync(join(config.stateDir, 'run'), { recursive: true })
  useProxies(() => proxySettings())
  useSettingsFolders(dvcSettingsFolders())
  const platform = await openPlatform(config, log)
  const { bodyTimeoutMs } = config
  const onFault: AppOptions['onFault'] = (error, request) =>
    log.error({ error, ...request }, 'fault')
  const app = createApp({ onFault, bodyTimeoutMs })
  await registerRoutes(app, platform)
  const socket = await listenForDataPlane(config, platform, log)
  await app.listen({ host: config.host, port: config.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const url = `http://${config.host === '::1' ? '[::1]' : config.host}:${port}`
  await platform.start()
  const facts = { pid: process.pid, url, port, started_at: toIso(systemClock.now()) }
  writeFileAtomically(join(config.stateDir, 'run', 'control.json'), JSON.stringify(facts))
  tellSupervisor({ ready: { plane: 'control', url, pid: process.pid } })
  log.info({ url }, 'ready')
  void platform.foundation.tracking
    .warmUp()
    .catch((error: unknown) => log.debug(error, 'searches were not prepared'))
  await untilToldToStop()
  log.info('stopping')
  await app.close()
  socket.close()
  await platform.stop()
  await rm(join(config.stateDir, 'run', 'control.json'), { force: true })
  if (process.connected) process.disconnect()
}

/** The data plane asks here, over a socket of the state folder, to have its records read at once. */
async function listenForDataPlane(
  config: Config,
  platform: Platform,
  log: Logger,
): Promise<Server> {
  const file = join(config.stateDir, 'run', 'control.sock')
  await rm(file, { force: true })
  const server = http.createServer((request, response) => {
    void answerDataPlane(platform, request).then(
      (answer) => {
        const status = answer === null ? 404 : 200
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer ?? {}))
      },
      (error: unknown) => {
        log.error(error, 'the spool could not be read')
        response.writeHead(503).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(file, resolve)
  })
  return server
}

async function answerDataPlane(
  platform: Platform,
  request: IncomingMessage,
): Promise<object | null> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  if (request.method !== 'POST' || request.url !== '/internal/drain') return null
  const body = parseJson(Buffer.concat(parts).toString('utf8')) as
    | { feedback_ids?: string[] }
    | undefined
  return { feedback: await platform.drain(body?.feedback_ids ?? []) }
}

function tellSupervisor(message: object): void {
  process.send?.(message)
}

// Also when the supervisor is gone: a plane that nobody watches would hold the port against the next start.
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.on('SIGINT', () => {})
    // It may have gone while this plane was starting.
    if (!process.connected) resolve()
    process.once('disconnect', () => resolve())
  })
}
