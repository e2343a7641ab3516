/**
 * Writing through MLflow's REST API, each answer after a synced commit, and reading a run back: our control plane and
 * MLflow's own server with its defaults, one after the other under the same load program. `node bench/tracking-log.bench.ts`
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Measure } from './measure.ts'
import { report } from './measure.ts'
import { type Load, loadsOf, peerOf, type Scenario } from './tracking/load.ts'
import {
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

interface Row extends Scenario {
  readonly measure: string
  readonly unit: string
  readonly reach?: NonNullable<Measure['reach']>
  readonly of: (seen: Load) => number
}

const rate = (seen: Load): number => seen.per_second
const atLeast = (value: number) => ({ at_least: value })
const at = (connections: number): string =>
  connections === 1 ? '1 connection' : `${connections} connections`

const ROWS: readonly Row[] = [
  ...(
    [
      [1, 3000],
      [8, 9000],
      [32, 9000],
    ] as const
  ).map(([connections, reach]) => ({
    measure: `log-metric, ${at(connections)}`,
    scenario: 'log_metric',
    connections,
    unit: '/s',
    reach: atLeast(reach),
    of: rate,
  })),
  {
    measure: 'log-metric, 8 connections, p99',
    scenario: 'log_metric',
    connections: 8,
    unit: 'ms',
    reach: { at_most: 4 },
    of: ({ p99 }) => p99,
  },
  ...[1, 8].map((connections) => ({
    measure: `log-batch of 1,000 metrics, ${at(connections)}`,
    scenario: 'log_batch',
    connections,
    unit: 'metrics/s',
    reach: atLeast(300_000),
    of: rate,
  })),
  ...(
    [
      [1, 800],
      [8, 2000],
    ] as const
  ).map(([connections, reach]) => ({
    measure: `short runs of 10 params, 10 metrics, 5 tags, ${at(connections)}`,
    scenario: 'short_runs',
    connections,
    unit: 'runs/s',
    reach: atLeast(reach),
    of: rate,
  })),
  ...(
    [
      [1, 4000],
      [8, 8000],
    ] as const
  ).map(([connections, reach]) => ({
    measure: `get run, ${at(connections)}`,
    scenario: 'get_run',
    connections,
    unit: '/s',
    reach: atLeast(reach),
    of: rate,
  })),
]

interface Seen {
  readonly startMs: number
  readonly idle: number
  readonly loaded: number
  /** `null` for what the server cannot do under this load. */
  readonly rows: readonly (Load | null)[]
}

const IDLE_MS = 3000

const folder = temporaryFolder()
try {
  const theirs = await measure(await startMlflow(join(folder, 'mlflow')))
  const cache = join(folder, 'compiled')
  const first = await startRatchet(join(folder, 'first'), cache)
  await first.stop()
  const ours = await measure(await startRatchet(folder, cache))
  report({ measure: 'start, nothing compiled yet', ours: first.startMs, unit: 'ms' })
  if (ours !== null) reportAll(ours, theirs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer | null): Promise<Seen | null> {
  if (server === null) return null
  try {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const idle = server.memory()
    const ask = loadsOf(server, { warmUpSeconds: 0.5 })
    const rows: (Load | null)[] = []
    for (const row of ROWS) rows.push(await measureRow(server, () => ask(row)))
    return { startMs: server.startMs, idle, loaded: server.memory(), rows }
  } finally {
    await server.stop()
  }
}

// What the peer cannot do under this load is said, and the other figures go on.
async function measureRow(
  { name }: TrackingServer,
  ask: () => Promise<Load>,
): Promise<Load | null> {
  try {
    return await ask()
  } catch (error) {
    if (name === 'Ratchet') throw error
    console.error(`NO FIGURE of ${name}: ${String(error)}`)
    return null
  }
}

function reportAll(ours: Seen, theirs: Seen | null): void {
  const peer = (value: number | undefined) =>
    value === undefined ? {} : { peer: { name: 'MLflow', value } }
  const start = { measure: 'start to the first answer', unit: 'ms', reach: { at_most: 1000 } }
  report({ ...start, ours: ours.startMs, ...peer(theirs?.startMs) })
  const memory = (when: string, most: number) => ({
    measure: `memory of all processes, ${when} (PSS)`,
    unit: 'MB',
    reach: { at_most: most },
  })
  report({ ...memory('idle', 150), ours: ours.idle, ...peer(theirs?.idle) })
  report({ ...memory('after the load', 200), ours: ours.loaded, ...peer(theirs?.loaded) })
  ROWS.forEach(({ measure, unit, reach, of }, index) => {
    const mine = ours.rows[index]
    const their = theirs?.rows[index] ?? null
    report({
      measure,
      unit,
      ours: mine === null || mine === undefined ? Number.NaN : of(mine),
      ...(reach === undefined ? {} : { reach }),
      ...(their === null ? {} : { peer: peerOf(of(their), their) }),
    })
  })
}
