import { hostname } from 'node:os'
import { systemClock } from '../base/time.ts'
import { createWorker, releaseWorker, type Worker } from '../jobs/index.ts'
import type { Foundation } from './foundation.ts'

const POLL_MS = 250
const LEASE_MS = 6000
const CONCURRENCY = 8

export interface WebhookWorker {
  readonly start: () => Promise<void>
  readonly stop: Worker['stop']
}

/** Delivers to webhooks beside the loop's own jobs: a receiver that hangs keeps no job of the loop waiting. */
export function createWebhookWorker({ database, clock, log, webhooks }: Foundation): WebhookWorker {
  const name = `webhooks@${hostname()}`
  const worker = createWorker({
    database,
    clock,
    realClock: systemClock,
    name,
    handlers: [webhooks.handler],
    leaseMs: LEASE_MS,
    concurrency: CONCURRENCY,
    onFailure: (job, error) => log.warn({ job: job?.id, error }, 'a webhook was not delivered'),
  })
  return {
    start: async () => {
      await releaseWorker(database, name)
      worker.start(POLL_MS)
    },
    stop: worker.stop,
  }
}
