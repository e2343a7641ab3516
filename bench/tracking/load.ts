import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { python, type TrackingServer } from './servers.ts'

/** What one run of the load program saw. Times in milliseconds. */
export interface Load {
  readonly per_second: number
  readonly seconds: number
  readonly answers: number
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
  { port }: TrackingServer,
  { scenario, connections = 1, seconds = 4, args = [] }: Scenario,
): Promise<Load> {
  const words = [PROGRAM, port, scenario, connections, seconds, ...args].map(String)
  const { stdout } = await promisify(execFile)(python(), words)
  return JSON.parse(stdout) as Load
}
