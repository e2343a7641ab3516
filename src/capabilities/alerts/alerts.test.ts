import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS, manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { createWorker, listJobs } from '../../jobs/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import {
  acknowledge,
  type AlertsDeps,
  type AlertsPolicy,
  alertHistory,
  alertsPolicySchema,
  evaluateSignals,
  listAlerts,
  notifyHandler,
  type Signal,
} from './index.ts'

const QUALITY: Signal = {
  rule: 'quality',
  condition: 'active',
  severity: 'critical',
  summary: 'The error is 812 a day, above 500 <!channel>',
  evidence: { estimate: 812 },
}
const clock = manualClock(0)
const events = createEventLog(clock)
let database: Database
let server: Server
let received: { url: string; body: { text: string; blocks: unknown[] } }[]
let answers: number[]
let policy: AlertsPolicy

beforeEach(async () => {
  clock.set(0)
  database = await testDatabase()
  received = []
  answers = []
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      received.push({ url: request.url ?? '', body: JSON.parse(text) })
      response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  policy = alertsPolicySchema.parse([
    { to: 'slack', url: '${HOOK}' },
    { rule: 'quality', for: '7d' },
  ])
})

afterEach(async () => {
  server.close()
  await database.close()
})

const deps = (): AlertsDeps => ({
  database,
  publish: events.publish,
  clock,
  policyOf: () => policy,
})
const signal = (condition: Signal['condition'], causedBy: string | null = null) =>
  evaluateSignals(deps(), { model: 'births', signals: [{ ...QUALITY, condition }], causedBy })

// Back-off follows real time; a clock that runs ahead makes the retries due at once.
let real = 0
async function runJobs(lookup: Record<string, string | undefined>): Promise<void> {
  const worker = createWorker({
    database,
    clock,
    realClock: { now: () => (real += DAY_MS) },
    name: 'test',
    handlers: [
      notifyHandler({
        database,
        policyOf: () => policy,
        lookup: (name) => lookup[name],
        timeoutMs: 200,
      }),
    ],
    leaseMs: 20 * DAY_MS,
    concurrency: 1,
    onFailure: () => {},
  })
  for (let round = 0; round < 4; round++) await worker.settle()
  await worker.stop()
}

function hook(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T/B/secret`
}

test('a rule goes pending, firing, resolved, once, with its history and its causes', async () => {
  await signal('active', 'evt_1')
  await signal('active', 'evt_1')
  clock.set(7 * DAY_MS)
  const [fired] = await signal('active', 'evt_2')
  clock.set(8 * DAY_MS)
  await signal('unknown')
  await signal('calm', 'evt_3')
  expect(fired).toMatchObject({ state: 'firing', firedAt: 7 * DAY_MS, causedBy: 'evt_1' })
  const alerts = await listAlerts(database.query, { model: 'births' })
  expect(alerts).toMatchObject([{ state: 'resolved', endedAt: 8 * DAY_MS }])
  const history = await alertHistory(database.query, alerts[0]?.id ?? '')
  expect(history.map(({ state, causedBy }) => [state, causedBy])).toEqual([
    ['pending', 'evt_1'],
    ['firing', 'evt_2'],
    ['resolved', 'evt_3'],
  ])
  const log = await events.list(database.query, {})
  expect(log.map(({ type }) => type)).toEqual(['alerts.pending', 'alerts.fired', 'alerts.resolved'])
  // The next time is another alert.
  await signal('active')
  expect(await listAlerts(database.query, { open: true })).toHaveLength(1)
  expect(await listAlerts(database.query, {})).toHaveLength(2)
})

test('Slack gets its own payload, without markup from our data', async () => {
  policy = alertsPolicySchema.parse([{ to: 'slack', url: '${HOOK}' }])
  await signal('active')
  await runJobs({ HOOK: hook() })
  expect(received).toHaveLength(1)
  expect(received[0]?.url).toBe('/services/T/B/secret')
  expect(received[0]?.body.text).toBe(
    'Firing: births, quality. The error is 812 a day, above 500 &lt;!channel&gt;',
  )
  expect(received[0]?.body.blocks).toHaveLength(3)
})

test('a receiver that fails is tried again; the queue and its errors never hold the address', async () => {
  policy = alertsPolicySchema.parse([{ to: 'slack', url: '${HOOK}' }])
  answers = [500, 302]
  await signal('active')
  await runJobs({ HOOK: hook() })
  expect(received).toHaveLength(3)
  const jobs = await listJobs(database.query, {})
  expect(jobs).toMatchObject([{ state: 'succeeded', attempts: 3 }])
  expect(JSON.stringify(jobs)).not.toContain('secret')
})

test('an unset variable is named, and nothing is sent', async () => {
  policy = alertsPolicySchema.parse([{ to: 'slack', url: '${HOOK}' }])
  await signal('active')
  await runJobs({})
  const [job] = await listJobs(database.query, {})
  expect(job?.error).toContain('ALERT_RECEIVER_UNSET: ${HOOK}')
  expect(received).toEqual([])
})

test('acknowledging says who, once', async () => {
  await signal('active')
  const [alert] = await listAlerts(database.query, {})
  await acknowledge(deps(), { id: alert?.id ?? '', by: 'ada' })
  const again = await acknowledge(deps(), { id: alert?.id ?? '', by: 'bob' })
  expect(again.acknowledgedBy).toBe('ada')
  await expect(acknowledge(deps(), { id: 'alr_none', by: 'x' })).rejects.toThrow('ALERT_UNKNOWN')
})
