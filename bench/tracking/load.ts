import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measure } from '../measure.ts'
import { python, type TrackingServer } from './servers.ts'

/** What one run of the load program saw. Times in milliseconds. */
export interface Load {
  readonly per_second: number
  readonly seconds: number
  readonly answers: number
  /** Answers that were errors; they do not count as done. */
  readonly refused: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface Scenario {
  readonly scenario: string
  readonly connections?: number
  readonly seconds?: number
  readonly args?: readonly string[]
}

const PROGRAM = join(import.meta.dirname, 'load.py')

/** Two ways in which a client may acknowledge what it receives; see the load program. */
type Acknowledging = 'at-once' | 'as-usual'

/** What waits longer than this for an answer does not notice the 40 ms between the two ways. */
const NOTICED_MS = 400
const SECONDS = 4

/**
 * The peer is asked in both ways and has the better one, by its median: all figures are of the same way. Ours answers
 * alike in both. A refusal of ours fails, one of the peer's is told with its figure.
 */
export async function load(server: TrackingServer, scenario: Scenario): Promise<Load> {
  const seen = await loadOnce(server, scenario, 'at-once')
  if (server.name === 'Ratchet') {
    if (seen.refused > 0)
      throw new Error(`${seen.refused} of ${seen.answers} refused: ${JSON.stringify(scenario)}`)
    return seen
  }
  if (seen.p50 > NOTICED_MS) return seen
  const other = await loadOnce(server, scenario, 'as-usual')
  return other.p50 < seen.p50 ? other : seen
}

async function loadOnce(
  { port }: TrackingServer,
  { scenario, connections = 1, seconds = SECONDS, args = [] }: Scenario,
  acknowledging: Acknowledging,
): Promise<Load> {
  const words = [PROGRAM, port, scenario, connections, seconds, acknowledging, ...args].map(String)
  const { stdout } = await promisify(execFile)(python(), words)
  return JSON.parse(stdout) as Load
}

/** Measures each scenario once, however many figures are asked of it, after as long as is given that nobody counts. */
export function loadsOf(
  server: TrackingServer,
  { warmUpSeconds = 0 }: { readonly warmUpSeconds?: number } = {},
): (scenario: Scenario) => Promise<Load> {
  const known = new Map<string, Promise<Load>>()
  const measure = async (scenario: Scenario): Promise<Load> => {
    if (warmUpSeconds > 0) await load(server, { ...scenario, seconds: warmUpSeconds })
    return load(server, scenario)
  }
  return ({ scenario, connections = 1, seconds = SECONDS, args = [] }) => {
    const asked = { scenario, connections, seconds, args }
    const name = JSON.stringify(asked)
    const seen = known.get(name) ?? measure(asked)
    known.set(name, seen)
    return seen
  }
}

/** A figure of the peer with what it refused meanwhile. */
export function peerOf(value: number, { refused, answers }: Load): NonNullable<Measure['peer']> {
  const told = refused > 0 ? { refused: { calls: refused, of: answers } } : {}
  return { name: 'MLflow', value, ...told }
}
