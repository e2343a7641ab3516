/**
 * Searching runs and reading histories through MLflow's REST API, ours beside MLflow's own server, each over a database
 * of the same values that was filled before. `node bench/tracking-search.bench.ts`
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Measure, report } from './measure.ts'
import { type Load, loadsOf, peerOf, type Scenario } from './tracking/load.ts'
import { seedRatchet } from './tracking/seed.ts'
import {
  seedMlflow,
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

const POINTS = 100_000
const FILTER = "metrics.metric_0 < {x} and params.param_0 = 'value {n}'"
const ORDER = 'metrics.metric_1 DESC'

interface Row extends Scenario {
  readonly measure: string
  readonly reach: NonNullable<Measure['reach']>
  readonly of: (seen: Load) => number
  /** MLflow takes minutes for it at this size: the peer's figure is left out. */
  readonly oursOnly?: boolean
}

const p50 = (seen: Load): number => seen.p50
const p95 = (seen: Load): number => seen.p95
const each = (seen: Load): number => 1000 / seen.per_second

function searchRows(runs: number, [middle, most]: readonly [number, number]): readonly Row[] {
  const scenario = { scenario: 'search', args: [FILTER, ORDER, '100'] }
  const measure = `search by metric and param, ordered by a metric, 100 of ${runs.toLocaleString('en')} runs`
  return [
    { measure: `${measure}, p50`, ...scenario, reach: { at_most: middle }, of: p50 },
    { measure: `${measure}, p95`, ...scenario, reach: { at_most: most }, of: p95 },
  ]
}

const folder = temporaryFolder()
try {
  await compare(10_000, (run) => [
    ...searchRows(10_000, [4, 10]),
    {
      measure: 'all of 10,000 runs by pages of 1,000',
      scenario: 'pages',
      args: ['1000', '10000'],
      seconds: 1,
      reach: { at_most: 800 },
      of: each,
    },
    {
      measure: 'history of 100,000 points, all pages',
      scenario: 'history',
      args: [run, 'loss', String(POINTS)],
      reach: { at_most: 150 },
      of: each,
    },
    {
      measure: 'history of 100,000 points, 1,000 of them for a chart, p50',
      scenario: 'asked',
      args: [interval(run)],
      reach: { at_most: 10 },
      of: p50,
    },
  ])
  await compare(50_000, () => [
    ...searchRows(50_000, [10, 25]),
    {
      measure: '100 of 50,000 runs ordered by a metric, no filter, p50',
      scenario: 'search',
      args: ['', ORDER, '100'],
      reach: { at_most: 10 },
      of: p50,
      oursOnly: true,
    },
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function interval(run: string): string {
  return `/metrics/get-history-bulk-interval?run_ids=${run}&metric_key=loss&max_results=1000`
}

async function compare(runs: number, rows: (run: string) => readonly Row[]): Promise<void> {
  const peerFolder = join(folder, `mlflow-${runs}`)
  const ourFolder = join(folder, `ratchet-${runs}`)
  const run = await seedRatchet(ourFolder, { runs, points: POINTS })
  const ours = await measure(await startRatchet(ourFolder), rows(run))
  let theirs: readonly Load[] | null = null
  try {
    seedMlflow(peerFolder, [String(runs), String(POINTS)])
    const asked = rows('0'.repeat(32)).filter(({ oursOnly }) => oursOnly !== true)
    theirs = await measure(await startMlflow(peerFolder), asked)
  } catch (error) {
    console.error(`NO PEER at ${runs} runs: ${String(error)}`)
  }
  rows(run).forEach((row, index) => {
    const { measure: name, reach, of } = row
    const mine = ours?.[index]
    const their = theirs?.[index]
    const peer = their === undefined ? {} : { peer: peerOf(of(their), their) }
    report({ measure: name, ours: mine ? of(mine) : Number.NaN, unit: 'ms', reach, ...peer })
  })
}

async function measure(
  server: TrackingServer | null,
  rows: readonly Row[],
): Promise<readonly Load[] | null> {
  if (server === null) return null
  try {
    const ask = loadsOf(server)
    const seen: Load[] = []
    for (const row of rows) seen.push(await ask(row))
    return seen
  } finally {
    await server.stop()
  }
}
