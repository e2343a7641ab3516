import dns from 'node:dns/promises'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { createApp } from '../../../src/edges/http/app.ts'
import { resolveConfig } from '../../../src/main/config.ts'
import { openPlatform, type Platform } from '../../../src/main/platform.ts'
import { registerRoutes } from '../../../src/main/routes.ts'

/**
 * Control planes for MLflow's own tests, a fresh one a test and all in one process: only so is a hundred starts quick.
 * Asked on standard input, one JSON document a line: `{"open": "<artifact root>", "port": 0, "env": {}}` is answered by
 * `{"id": 1, "port": 40123}`, `{"close": 1}` by `{}`. Faults of ours go to standard error.
 */
interface Asked {
  readonly open?: string
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  readonly close?: number
}

interface Opened {
  readonly app: FastifyInstance
  readonly platform: Platform
  readonly folder: string
}

// Their tests register webhooks of example.com without calling it; that name is known also where no names are resolved.
const { lookup } = dns
const known = [{ address: '93.184.215.14', family: 4 }]
const lookUp = async (host: string, options: object): Promise<unknown> =>
  /(^|\.)example\.com$/.test(host) ? known : lookup(host, options)
Object.assign(dns, { lookup: lookUp })
syncBuiltinESMExports()

const log = pino({ level: 'error' }, pino.destination(2))
const opened = new Map<number, Opened>()
let lastId = 0

async function open({ open: artifacts = '', port = 0, env = {} }: Asked): Promise<object> {
  // What the server reads of its environment, it reads while it starts.
  Object.assign(process.env, env)
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-suite-'))
  writeFileSync(join(folder, 'ratchet.yaml'), 'project: suite\n')
  mkdirSync(join(folder, '.ratchet/run'), { recursive: true })
  const platform = await openPlatform(resolveConfig({ artifacts }, folder), log)
  const app = createApp({ onFault: (error, request) => log.error({ error, ...request }, 'fault') })
  await registerRoutes(app, platform)
  await app.listen({ host: '127.0.0.1', port })
  await platform.start()
  for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name)
  lastId += 1
  const id = lastId
  opened.set(id, { app, platform, folder })
  return { id, port: (app.server.address() as AddressInfo).port }
}

async function close(id: number): Promise<object> {
  const one = opened.get(id)
  opened.delete(id)
  await one?.app.close()
  await one?.platform.stop()
  if (one !== undefined) rmSync(one.folder, { recursive: true, force: true, maxRetries: 5 })
  return {}
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Asked
  const answer = asked.open === undefined ? close(asked.close ?? 0) : open(asked)
  process.stdout.write(`${JSON.stringify(await answer)}\n`)
}
for (const id of opened.keys()) await close(id)
