/**
 * Ours at a size that takes MLflow minutes a call: 100,000 runs of 10 metrics and 10 params, one history of ten million
 * points, and writers beside a search that never stops. `node bench/tracking-scale.bench.ts [RUNS] [POINTS]`
 */
import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { quantile, report } from './measure.ts'
import { startBurner } from './tracking/burner.ts'
import { type Load, load, type Scenario } from './tracking/load.ts'
import { seedRatchet } from './tracking/seed.ts'
import { startRatchet, temporaryFolder, type TrackingServer } from './tracking/servers.ts'

const RUNS = Number(process.argv[2] ?? 100_000)
const POINTS = Number(process.argv[3] ?? 10_000_000)
const SIZE = RUNS.toLocaleString('en')
const BOTH = "metrics.metric_0 < {x} and params.param_0 = 'value {n}'"
const EITHER =
  "(params.param_0 rlike '{n}$' or min(metrics.metric_3) < 0.01) and not metrics.metric_4 > {x}"
const TURNS = 3
const BY_METRIC = 'metrics.metric_1 DESC'

const folder = temporaryFolder()
try {
  const run = await seedRatchet(folder, { runs: RUNS, points: POINTS })
  await firstSearch({ measure: 'first search, as soon as the server answers', afterMs: 0 })
  await firstSearch({ measure: 'first search, 2 s later', afterMs: 2000, atMostMs: 500 })
  const server = await startRatchet(folder)
  try {
    await measure(server, run)
    await writersBesideSearch(server)
  } finally {
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** What it looks at is not in memory yet: a server that has many runs begins with that behind its first answer. */
async function firstSearch(asked: {
  readonly measure: string
  readonly afterMs: number
  readonly atMostMs?: number
}): Promise<void> {
  const server = await startRatchet(folder)
  try {
    await setTimeout(asked.afterMs)
    const search = { scenario: 'search', args: [BOTH, BY_METRIC, '100'], seconds: 0 }
    const { p50: ours } = await load(server, search)
    const { measure, atMostMs } = asked
    const reach = atMostMs === undefined ? {} : { reach: { at_most: atMostMs } }
    report({ measure: `${measure}, 100 of ${SIZE}`, ours, unit: 'ms', ...reach })
  } finally {
    await server.stop()
  }
}

async function measure(server: TrackingServer, run: string): Promise<void> {
  for (const { measure, ...asked } of calls(run)) {
    // The first call reads what it looks at into memory.
    await load(server, { ...asked, seconds: 1 })
    const { p95 } = await load(server, asked)
    report({ measure: `${measure}, p95`, ours: p95, unit: 'ms', reach: { at_most: 50 } })
  }
  const reach = { at_most: 300 }
  report({ measure: 'memory of the server (PSS)', ours: server.memory(), unit: 'MB', reach })
}

function calls(run: string): readonly (Scenario & { readonly measure: string })[] {
  const search = (filter: string, order: string) => ({
    scenario: 'search',
    args: [filter, order, '100'],
  })
  const get = (path: string) => ({ scenario: 'page', args: [path] })
  const table =
    '/api/v1/runs?experiment=0&page_size=100&columns=metrics.metric_0&columns=params.param_0'
  const points = POINTS.toLocaleString('en')
  return [
    {
      measure: `search by metric and param, ordered by a metric, 100 of ${SIZE}`,
      ...search(BOTH, BY_METRIC),
    },
    {
      measure: `search by OR, NOT, RLIKE and min(), 100 of ${SIZE}`,
      ...search(EITHER, 'metrics.metric_1'),
    },
    {
      measure: `ordered by a metric, no filter, 100 of ${SIZE}`,
      ...search('', 'metrics.metric_2 DESC'),
    },
    {
      measure: `search by words, 100 of ${SIZE}`,
      ...search("'run-7' and metrics.metric_0 < {x}", 'metrics.metric_1'),
    },
    { measure: `chart of 2,500 of ${points} points`, scenario: 'asked', args: [chart(run)] },
    {
      measure: `the page's chart of 320 of ${points} points`,
      ...get(`/api/v1/runs/history?run=${run}&key=loss`),
    },
    {
      measure: `the page's table, 100 of ${SIZE}`,
      ...get(`${table}&order_by=metrics.metric_3&offset=${Math.floor(RUNS / 2)}`),
    },
    {
      measure: `the page's groups by a tag, with 3 means, of ${SIZE}`,
      ...get(groups('tags.tag_0')),
    },
  ]
}

function chart(run: string): string {
  return `/metrics/get-history-bulk-interval?run_ids=${run}&metric_key=loss&max_results=2500`
}

function groups(by: string): string {
  const means = [0, 1, 2].map((index) => `&columns=metrics.metric_${index}`).join('')
  return `/api/v1/runs/groups?experiment=0&by=${by}${means}`
}

/**
 * A search that never stops takes a processor, whoever does it. So writers beside it are held to writers alone and, as
 * where there are two processors nothing else can be expected, to writers beside a program that only counts.
 */
async function writersBesideSearch(server: TrackingServer): Promise<void> {
  const writers = () => load(server, { scenario: 'log_metric', connections: 8, seconds: 4 })
  const search = { scenario: 'search', args: [BOTH, BY_METRIC, '1000'], seconds: 4 }
  const seen: Record<'alone' | 'counting' | 'searching', Load[]> = {
    alone: [],
    counting: [],
    searching: [],
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    seen.alone.push(await writers())
    const stop = startBurner()
    seen.counting.push(await writers())
    stop()
    const [beside] = await Promise.all([writers(), load(server, search)])
    seen.searching.push(beside)
  }
  const rate = (of: readonly Load[]): number =>
    quantile(
      of.map((one) => one.per_second),
      0.5,
    )
  const p99 = (of: readonly Load[]): number =>
    quantile(
      of.map((one) => one.p99),
      0.5,
    )
  const [alone, counting] = [rate(seen.alone), rate(seen.counting)]
  const measure = '8 writers beside a search that never stops'
  const ours = rate(seen.searching)
  const least = { at_least: 0.95 * alone }
  report({ measure, ours, unit: '/s', reach: least, peer: { name: 'alone', value: alone } })
  report({ measure, ours, unit: '/s', peer: { name: 'beside counting', value: counting } })
  const slowest = { name: 'alone', value: p99(seen.alone) }
  report({ measure: 'the same, p99', ours: p99(seen.searching), unit: 'ms', peer: slowest })
}
