import { manualClock } from '../src/base/time.ts'
import {
  checkMonitor,
  ingest,
  type MonitoringDeps,
  monitorPolicySchema,
  type PredictionRecord,
  setReference,
} from '../src/capabilities/monitoring/index.ts'
import { createEventLog } from '../src/events/index.ts'
import { normalDraw, seededRandom } from '../src/statistics/seeded-random.ts'
import { testDatabase } from '../src/storage/database/database.testing.ts'
import { report } from './measure.ts'

// `node bench/monitoring.bench.ts`: how fast the log takes over spooled predictions, and how long one weekly look takes.

const ROWS = 100_000
const WEEK_MS = 7 * 86_400_000
const BATCH = 1000
const FEATURES = Array.from({ length: 10 }, (_, index) => `feature_${index}`)

const random = seededRandom(7)
const normal = (): number => normalDraw(random)

// Seven continuous features, two of few values, one of texts.
function value(feature: number): number | string {
  if (feature < 7) return Number(normal().toFixed(6))
  return feature < 9 ? Math.floor(random() * 7) : `shop-${Math.floor(random() * 40)}`
}

function record(index: number): PredictionRecord {
  return {
    kind: 'prediction',
    id: `pred_${String(index).padStart(26, '0')}`,
    at: Math.floor((index * WEEK_MS) / ROWS),
    endpoint: 'price',
    model: 'price',
    version: 1,
    arm: 'control',
    key: null,
    inputs: Object.fromEntries(FEATURES.map((name, feature) => [name, [value(feature)]])),
    outputs: { price: [normal()] },
    ms: 0.3,
    status: 'ok',
    error: null,
    canary_error: null,
    rollout_id: null,
  }
}

const database = await testDatabase()
const clock = manualClock(WEEK_MS)
const policy = monitorPolicySchema.parse({
  window: '7d',
  performance: { metric: 'mae', at_most: 2 },
})
const deps: MonitoringDeps = {
  database,
  publish: createEventLog(clock).publish,
  clock,
  policyOf: () => policy,
  championOf: async () => 1,
}

const records = Array.from({ length: ROWS }, (_, index) => record(index))
let startedAt = performance.now()
for (let start = 0; start < ROWS; start += BATCH) {
  const batch = records.slice(start, start + BATCH)
  await ingest(deps, { records: batch, cursor: { segment: 1, offset: start + BATCH } })
}
report({
  measure: 'predictions taken over from the spool',
  ours: ROWS / seconds(),
  unit: 'rows/s',
})

startedAt = performance.now()
const labels = records.map(({ id, at }) => ({
  kind: 'feedback' as const,
  id: `fb_${id}`,
  at,
  prediction_id: id,
  label: normal(),
}))
for (let start = 0; start < ROWS; start += BATCH) {
  const batch = labels.slice(start, start + BATCH)
  await ingest(deps, { records: batch, cursor: { segment: 2, offset: start + BATCH } })
}
report({ measure: 'labels taken over from the spool', ours: ROWS / seconds(), unit: 'rows/s' })

const features = Object.fromEntries(
  FEATURES.map((name, feature) => [name, Array.from({ length: 10_000 }, () => value(feature))]),
)
await setReference(deps, { model: 'price', version: 1, columns: { features } })
for (const round of [1, 2, 3]) {
  startedAt = performance.now()
  const result = await checkMonitor(deps, { model: 'price', causedBy: null })
  const measure = `weekly look ${round}: ${result?.drift.columns.length} features, ${ROWS} rows`
  report({ measure, ours: seconds() * 1000, unit: 'ms', reach: { at_most: 1000 } })
}
await database.close()

function seconds(): number {
  return (performance.now() - startedAt) / 1000
}
