import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { type Clock, DAY_MS, manualClock } from '../../base/time.ts'
import {
  createRegistry,
  createWebhooks,
  type WebhookSettings,
} from '../../capabilities/registry/index.ts'
import { createArtifacts, createTraces, createTracking } from '../../capabilities/tracking/index.ts'
import { createEventLog } from '../../events/index.ts'
import { createWorker, insertJob } from '../../jobs/index.ts'
import { localBlobs } from '../../storage/blobs/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { mlflowProbes, mlflowRoutes } from './index.ts'

export type MlflowWorld = Awaited<ReturnType<typeof openMlflowWorld>>

export const LOOPBACK_WEBHOOKS: WebhookSettings = {
  allowPrivateAddresses: true,
  schemes: ['http', 'https'],
  retries: 2,
  timeoutMs: 2000,
}

/** A server of MLflow's protocol over a database of its own, on a port of its own. */
export async function openMlflowWorld(
  clock: Clock = manualClock(1_000),
  settings: WebhookSettings = LOOPBACK_WEBHOOKS,
  openDatabase: () => Promise<Database> = testDatabase,
  sourceRule?: string,
) {
  const capabilities = await openCapabilities(clock, settings, await openDatabase())
  const { folder, database, worker } = capabilities
  const faults: unknown[] = []
  const app = fastify()
  mlflowProbes(app)
  mlflowRoutes(app, { ...capabilities, sourceRule, onFault: (error) => faults.push(error) })
  const root = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...capabilities,
    root,
    faults,
    ask: (method: string, path: string, body?: unknown) => ask(root, { method, path, body }),
    close: async () => {
      await worker.stop()
      await app.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

async function openCapabilities(clock: Clock, settings: WebhookSettings, database: Database) {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-mlflow-'))
  const events = createEventLog(clock)
  const { publish } = events
  const tracking = createTracking({ database, clock, publish })
  const artifacts = createArtifacts(join(folder, 'artifacts'))
  const registry = createRegistry({
    database,
    clock,
    publish,
    blobs: localBlobs(join(folder, 'artifacts/sha256')),
    findLoggedModel: tracking.findLoggedModelSource,
    findRunArtifacts: tracking.findRunArtifacts,
    findRunModel: tracking.findRunModel,
    localArtifacts: artifacts.localPath,
  })
  const realClock = manualClock(1_700_000_000_000)
  const webhooks = createWebhooks({
    database,
    clock,
    realClock,
    settings,
    enqueue: (tx, spec) => insertJob(tx, spec, clock.now()),
    keyFile: join(folder, 'keys/webhooks.key'),
  })
  events.subscribe(webhooks.announce)
  const worker = createWorker({
    database,
    clock,
    realClock,
    name: 'test',
    handlers: [webhooks.handler],
    // Longer than any test moves the clock: a lease that runs out is a second delivery.
    leaseMs: DAY_MS,
    concurrency: 4,
    onFailure: () => {},
  })
  const traces = createTraces({ database, clock, publish })
  return { folder, database, realClock, tracking, traces, registry, artifacts, webhooks, worker }
}

interface Asking {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** Any JSON: what a test says of it is what it checks. */
type Body = Record<string, any> // oxlint-disable-line typescript/no-explicit-any

async function ask(root: string, { method, path, body }: Asking) {
  const response = await fetch(`${root}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body }
}
