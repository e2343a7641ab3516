import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS, manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import {
  checkMonitor,
  countPredictions,
  driftSeries,
  type FeedbackRecord,
  findPrediction,
  ingest,
  latestReport,
  maturedRows,
  type MonitoringDeps,
  monitorPolicySchema,
  type PredictionRecord,
  qualitySeries,
  readCursor,
  recordFeedback,
  recordPrediction,
  rolloutEvidence,
  setReference,
  setReferenceFromLog,
  type ShadowRecord,
  signalsOf,
  traffic,
} from './index.ts'

const clock = manualClock(0)
const events = createEventLog(clock)
let database: Database
let deps: MonitoringDeps

const policy = monitorPolicySchema.parse({
  schedule: '0 6 * * 1',
  window: '28d',
  label_delay: '7d',
  min_rows: 14,
  features: { weekday: { method: 'psi', at: 0.2 } },
  target: { method: 'ks', window: '56d', p: 0.001 },
  performance: { metric: 'mae', at_most: 500 },
})

beforeEach(async () => {
  clock.set(100 * DAY_MS)
  database = await testDatabase()
  deps = {
    database,
    publish: events.publish,
    clock,
    policyOf: () => policy,
    championOf: async () => 1,
  }
})
afterEach(() => database.close())

function predicted(day: number, change: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    kind: 'prediction',
    id: `pred_${day}`,
    at: day * DAY_MS,
    endpoint: 'births',
    model: 'births',
    version: 1,
    arm: 'control',
    key: `day-${day}`,
    inputs: { weekday: [day % 7] },
    outputs: { births: [9000] },
    ms: 0.3,
    status: 'ok',
    error: null,
    canary_error: null,
    rollout_id: null,
    ...change,
  }
}

const truth = (day: number, label: number, change: Partial<FeedbackRecord> = {}) =>
  ({
    kind: 'feedback',
    id: `fb_${day}`,
    at: (day + 7) * DAY_MS,
    prediction_id: `pred_${day}`,
    label,
    ...change,
  }) satisfies FeedbackRecord

const shadow = (day: number, change: Partial<ShadowRecord> = {}) =>
  ({
    kind: 'shadow',
    prediction_id: `pred_${day}`,
    version: 2,
    outputs: { births: [8900] },
    ms: 0.5,
    error: null,
    ...change,
  }) satisfies ShadowRecord

async function logDays(days: number, label: (day: number) => number): Promise<void> {
  const records = Array.from({ length: days }, (_, day) => [
    predicted(day),
    ...(day + 7 <= days ? [truth(day, label(day))] : []),
  ]).flat()
  await ingest(deps, { records, cursor: { segment: 1, offset: records.length } })
}

const wave = (day: number) => 9000 + 300 * Math.sin(day * 1.7)
const trained = (shift = 0) => ({
  features: { weekday: Array.from({ length: 365 }, (_, day) => day % 7) },
  target: Array.from({ length: 365 }, (_, day) => wave(day) + shift),
})

test('the spool is taken over once, whatever is delivered again', async () => {
  const records = [predicted(1), truth(1, 8123), predicted(2)]
  const input = { records, cursor: { segment: 1, offset: 300 } }
  expect(await ingest(deps, input)).toEqual(new Map([['fb_1', 'accepted']]))
  expect(await ingest(deps, input)).toEqual(new Map([['fb_1', 'accepted']]))
  expect(await countPredictions(database.query, 'births')).toMatchObject({ logged: 2, labelled: 1 })
  await ingest(deps, { records: [], cursor: { segment: 1, offset: 200 } })
  expect(await readCursor(database.query)).toEqual({ segment: 1, offset: 300 })
})

test('more rows than one statement holds arrive, each with all it has', async () => {
  const records = Array.from({ length: 1234 }, (_, day) => predicted(day))
  await ingest(deps, { records, cursor: { segment: 1, offset: 1 } })
  expect(await countPredictions(database.query, 'births')).toMatchObject({ logged: 1234 })
  expect(await findPrediction(database.query, 'pred_1233')).toMatchObject({
    at: 1233 * DAY_MS,
    inputs: { weekday: [1] },
    output: 9000,
    outputs: { births: [9000] },
  })
})

test('feedback: accepted, duplicate, contradicting, corrected, unknown', async () => {
  await recordPrediction(deps, predicted(1))
  expect(await recordFeedback(deps, truth(1, 8123))).toBe('accepted')
  expect(await recordFeedback(deps, truth(1, 8123, { id: 'fb_b' }))).toBe('duplicate')
  expect(await recordFeedback(deps, truth(1, 99, { id: 'fb_c' }))).toBe('contradicting')
  expect(await recordFeedback(deps, truth(5, 99))).toBe('unknown')
  const rows = { model: 'births', from: 0, to: 9 * DAY_MS }
  expect(await maturedRows(database.query, rows)).toMatchObject([{ label: 8123 }])
  const corrected = truth(1, 99, { id: 'fb_d', correction: true })
  expect(await recordFeedback(deps, corrected)).toBe('accepted')
  expect(await maturedRows(database.query, rows)).toMatchObject([{ label: 99, output: 9000 }])
})

test('a healthy model: ok, saved, announced, drawn', async () => {
  await logDays(100, wave)
  await setReference(deps, { model: 'births', version: 1, columns: trained() })
  const report = await checkMonitor(deps, { model: 'births', causedBy: 'job_1' })
  expect(report).toMatchObject({ drift: { verdict: 'ok' }, quality: { verdict: 'ok' } })
  // Rows of the last 7 days have no truth yet; those of the 28 before have.
  expect(report?.quality).toMatchObject({ matured: 28, labelled: 28 })
  expect(await latestReport(database.query, 'births')).toEqual(report)
  const [event] = await events.list(database.query, {})
  expect(event).toMatchObject({ type: 'monitoring.checked', causedBy: 'job_1' })
  const scores = await driftSeries(database.query, { model: 'births', from: 0, to: 1e12 })
  expect(scores.map(({ column, verdict }) => [column, verdict])).toEqual([
    ['target', 'ok'],
    ['weekday', 'ok'],
  ])
  // The same job again, after a crash, does not look twice.
  const again = await checkMonitor(deps, { model: 'births', causedBy: 'job_1' })
  expect(again?.id).toBe(report?.id)
})

test('the level moves: the target has drifted and the quality is degraded, as signals for alerts', async () => {
  await logDays(100, (day) => wave(day) - (day > 60 ? 2000 : 0))
  await setReference(deps, { model: 'births', version: 1, columns: trained() })
  const report = await checkMonitor(deps, { model: 'births', causedBy: null })
  expect(report?.drift).toMatchObject({ verdict: 'drifted', severity: 'critical' })
  expect(report?.quality.verdict).toBe('degraded')
  const signals = report === null ? [] : signalsOf(report)
  expect(signals.map(({ rule, condition }) => [rule, condition])).toEqual([
    ['quality', 'active'],
    ['drift:weekday', 'calm'],
    ['drift:target', 'active'],
  ])
})

test('a window that the log does not cover yet is named, with its date', async () => {
  clock.set(40 * DAY_MS)
  await logDays(40, wave)
  await setReference(deps, { model: 'births', version: 1, columns: trained(-5000) })
  const report = await checkMonitor(deps, { model: 'births', causedBy: null })
  const target = report?.drift.columns.find(({ role }) => role === 'target')
  expect(target).toMatchObject({ verdict: 'inconclusive' })
  expect(target?.reason).toContain('1970-02-')
})

test('without a reference the quality is judged all the same; without a champion nothing is', async () => {
  await logDays(100, wave)
  const report = await checkMonitor(deps, { model: 'births', causedBy: null })
  expect(report).toMatchObject({ drift: { verdict: 'inconclusive' }, quality: { verdict: 'ok' } })
  const none = { ...deps, championOf: async () => null }
  expect(await checkMonitor(none, { model: 'births', causedBy: null })).toBeNull()
})

test('events of the future and of long ago, and a clock that goes back, do no harm', async () => {
  await logDays(100, wave)
  const odd = [predicted(5000), predicted(-200)]
  await ingest(deps, { records: odd, cursor: { segment: 2, offset: 0 } })
  await setReference(deps, { model: 'births', version: 1, columns: trained() })
  const first = await checkMonitor(deps, { model: 'births', causedBy: null })
  clock.set(90 * DAY_MS)
  const second = await checkMonitor(deps, { model: 'births', causedBy: null })
  expect(first?.drift.columns[0]).toMatchObject({ rows: 28, verdict: 'ok' })
  expect(second?.drift.columns[0]).toMatchObject({ rows: 28, verdict: 'ok' })
  expect((await latestReport(database.query, 'births'))?.id).toBe(first?.id)
})

test('where training data is unknown, a matured window of the log is the reference', async () => {
  await logDays(100, wave)
  const window = { from: 0, to: 56 * DAY_MS }
  const features = ['weekday']
  await setReferenceFromLog(deps, { model: 'births', version: 1, features, window })
  const report = await checkMonitor(deps, { model: 'births', causedBy: null })
  expect(report?.drift.columns[0]).toMatchObject({ column: 'weekday', verdict: 'ok', rows: 28 })
})

test('series for the page: error with interval, traffic by arm', async () => {
  await logDays(28, (day) => 9000 + (day % 2 === 0 ? 100 : 300))
  const fallback = predicted(20, { id: 'pred_x', arm: 'fallback', canary_error: 'too slow' })
  await recordPrediction(deps, fallback)
  const input = { model: 'births', from: 0, to: 28 * DAY_MS, bucketMs: 14 * DAY_MS }
  const quality = await qualitySeries(database.query, input)
  expect(quality).toMatchObject([
    { at: 0, n: 14, mean: 200 },
    { at: 14 * DAY_MS, n: 8, mean: 200 },
  ])
  expect(quality[0]?.lo).toBeGreaterThan(100)
  expect(await traffic(database.query, input)).toMatchObject([
    { at: 0, requests: 14, fallback: 0, errors: 0 },
    { at: 14 * DAY_MS, requests: 15, fallback: 1 },
  ])
})

test('evidence of a rollout: shadow pairs with their truths, then both arms, failures and the split', async () => {
  const during = { rollout_id: 'rol_1' }
  const records = [
    predicted(1, during),
    shadow(1),
    truth(1, 8800),
    predicted(2, during),
    shadow(2, { outputs: {}, error: 'SERVING_OUTPUT: shape' }),
    predicted(3, during),
    shadow(3, { outputs: {}, error: 'SERVING_OVERLOADED: busy' }),
    predicted(9),
    predicted(10, during),
    truth(10, 8700),
    predicted(11, { ...during, arm: 'canary', version: 2, outputs: { births: [8600] }, ms: 2 }),
    truth(11, 8500),
    predicted(12, { ...during, arm: 'fallback', canary_error: 'timeout' }),
    predicted(13, { ...during, arm: 'fallback', canary_error: 'timeout' }),
  ]
  await ingest(deps, { records, cursor: { segment: 1, offset: 1 } })
  const rollout = { rolloutId: 'rol_1', model: 'births', version: 2, since: 0 } as const
  const rule = { metric: 'mae', tolerance: 0.001 } as const
  const shadowStep = await rolloutEvidence(database.query, { ...rollout, ...rule, stepSince: 0 })
  expect(shadowStep).toMatchObject({
    challenger: { requests: 5, errors: 3 },
    disagreement: { pairs: 1, differing: 1 },
    loss: { paired: { champion: 200, difference: { n: 1, mean: -100 } } },
  })
  const stepSince = 9 * DAY_MS
  const canary = await rolloutEvidence(database.query, { ...rollout, ...rule, stepSince })
  expect(canary).toMatchObject({
    champion: { requests: 1, errors: 0, latenciesMs: [0.3] },
    challenger: { requests: 3, errors: 2, latenciesMs: [2] },
    errorsInARow: 2,
    split: { units: 4, challenger: 3 },
    loss: { arms: null },
  })
  await ingest(deps, {
    records: [predicted(14, during), truth(14, 8950)],
    cursor: { segment: 1, offset: 2 },
  })
  const later = await rolloutEvidence(database.query, { ...rollout, ...rule, stepSince })
  expect(later.loss.arms).toMatchObject({
    champion: { n: 1, mean: 50 },
    challenger: { n: 1, mean: 100 },
  })
})
