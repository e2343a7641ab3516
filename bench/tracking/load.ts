import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

export async function load(
  { name, port }: TrackingServer,
  { scenario, connections = 1, seconds = 4, args = [] }: Scenario,
): Promise<Load> {
  const words = [PROGRAM, port, scenario, connections, seconds, ...args].map(String)
  const { stdout } = await promisify(execFile)(python(), words)
  const seen = JSON.parse(stdout) as Load
  if (seen.refused > 0) {
    const what = `${name} refused ${seen.refused} of ${seen.answers}: ${scenario}, ${connections} connections`
    if (name === 'Ratchet') throw new Error(what)
    console.error(what)
  }
  return seen
}
