/**
 * Ours at a size that takes MLflow minutes a call: 100,000 runs of 10 metrics and 10 params, one history of ten million
 * points, and writers beside a search that never stops. `node bench/tracking-scale.bench.ts [RUNS] [POINTS]`
 */
import { rmSync } from 'node:fs'
import { type Measure, report } from './measure.ts'
import { type Load, load } from './tracking/load.ts'
import { seedRatchet } from './tracking/seed.ts'
import { startRatchet, temporaryFolder, type TrackingServer } from './tracking/servers.ts'

const RUNS = Number(process.argv[2] ?? 100_000)
const POINTS = Number(process.argv[3] ?? 10_000_000)
const SIZE = RUNS.toLocaleString('en')
const BOTH = "metrics.metric_0 < {x} and params.param_0 = 'value {n}'"
const EITHER =
  "(params.param_0 rlike '{n}$' or min(metrics.metric_3) < 0.01) and not metrics.metric_4 > {x}"

const folder = temporaryFolder()
try {
  const run = await seedRatchet(folder, { runs: RUNS, points: POINTS })
  const server = await startRatchet(folder)
  try {
    await measure(server, run)
  } finally {
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer, run: string): Promise<void> {
  const search = (filter: string, order: string): Promise<Load> =>
    load(server, { scenario: 'search', args: [filter, order, '100'] })
  const rows: readonly (readonly [string, () => Promise<Load>])[] = [
    [
      `search by metric and param, ordered by a metric, 100 of ${SIZE}`,
      () => search(BOTH, 'metrics.metric_1 DESC'),
    ],
    [
      `search by OR, NOT, RLIKE and min(), 100 of ${SIZE}`,
      () => search(EITHER, 'metrics.metric_1'),
    ],
    [`ordered by a metric, no filter, 100 of ${SIZE}`, () => search('', 'metrics.metric_2 DESC')],
    [`chart of 2,500 of ${POINTS.toLocaleString('en')} points`, () => chart(server, run)],
  ]
  for (const [measure, ask] of rows) {
    // The first search reads what it looks at into memory.
    await ask()
    const { p95 } = await ask()
    report({ measure: `${measure}, p95`, ours: p95, unit: 'ms', reach: { at_most: 50 } })
  }
  report({
    measure: 'memory of the server (PSS)',
    ours: server.memory(),
    unit: 'MB',
    reach: { at_most: 300 },
  })
  await writersBesideSearch(server)
}

function chart(server: TrackingServer, run: string): Promise<Load> {
  const path = `/metrics/get-history-bulk-interval?run_ids=${run}&metric_key=loss&max_results=2500`
  return load(server, { scenario: 'asked', args: [path] })
}

async function writersBesideSearch(server: TrackingServer): Promise<void> {
  const writers = (): Promise<Load> =>
    load(server, { scenario: 'log_metric', connections: 8, seconds: 5 })
  const alone = await writers()
  const args = [BOTH, 'metrics.metric_1 DESC', '1000']
  const [beside] = await Promise.all([
    writers(),
    load(server, { scenario: 'search', args, seconds: 5 }),
  ])
  const peer = { name: 'writers alone', value: alone.per_second }
  const rate: Measure = {
    measure: '8 writers beside a search that never stops',
    ours: beside.per_second,
    unit: '/s',
    peer,
  }
  report(rate)
  report({
    measure: 'the same, p99',
    ours: beside.p99,
    unit: 'ms',
    peer: { name: 'writers alone', value: alone.p99 },
  })
}
