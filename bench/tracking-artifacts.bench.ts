/**
 * Files through the artifact proxy of MLflow's REST API: one of 1 GiB and a thousand of 4 KiB, ours beside MLflow's own
 * server, and what the disk takes by itself. `node bench/tracking-artifacts.bench.ts`
 */
import { execFile } from 'node:child_process'
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Measure, report } from './measure.ts'
import { type Load, load, peerOf } from './tracking/load.ts'
import {
  python,
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

const MEGABYTES = 1024
const ROUNDS = 2
const FILES = 1000

interface Seen {
  readonly up: number
  readonly down: number
  readonly filesUp: Load
  readonly filesDown: Load
}

const folder = temporaryFolder()
try {
  const disk = writeToDisk(join(folder, 'disk.bin'))
  const theirs = await measure(await startMlflow(join(folder, 'mlflow')))
  const ours = await measure(await startRatchet(folder))
  if (ours === null) throw new Error('our server did not start')
  const sayLarge = (measure: Omit<Measure, 'ours' | 'peer'>, of: 'up' | 'down'): void =>
    report({
      ...measure,
      ours: ours[of],
      ...(theirs === null ? {} : { peer: { name: 'MLflow', value: theirs[of] } }),
    })
  const sayFiles = (measure: string, of: 'filesUp' | 'filesDown', least: number): void =>
    report({
      measure,
      unit: 'files/s',
      reach: { at_least: least },
      ours: ours[of].per_second,
      ...(theirs === null ? {} : { peer: peerOf(theirs[of].per_second, theirs[of]) }),
    })
  report({ measure: 'the disk: 1 GiB written and synced', ours: disk, unit: 'MB/s' })
  sayLarge({ measure: '1 GiB up', unit: 'MB/s', reach: { at_least: Math.min(disk, 416) } }, 'up')
  sayLarge({ measure: '1 GiB down', unit: 'MB/s', reach: { at_least: 1500 } }, 'down')
  const files = `${FILES} files of 4 KiB`
  sayFiles(`${files} up`, 'filesUp', 2000)
  sayFiles(`${files} down`, 'filesDown', 4000)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer | null): Promise<Seen | null> {
  if (server === null) return null
  try {
    const large = { up: 0, down: 0 }
    for (let round = 0; round < ROUNDS; round += 1) {
      large.up = Math.max(large.up, await stream(server, 'up'))
      large.down = Math.max(large.down, await stream(server, 'down'))
    }
    const args = [String(FILES)]
    const filesUp = await load(server, { scenario: 'upload_files', args, seconds: 60 })
    const filesDown = await load(server, { scenario: 'download_files', args, seconds: 60 })
    return { ...large, filesUp, filesDown }
  } finally {
    await server.stop()
  }
}

async function stream({ port }: TrackingServer, direction: 'up' | 'down'): Promise<number> {
  const program = join(import.meta.dirname, 'tracking/stream.py')
  const { stdout } = await promisify(execFile)(python(), [
    program,
    String(port),
    direction,
    String(MEGABYTES),
  ])
  return Number(stdout)
}

function writeToDisk(file: string): number {
  const block = Buffer.alloc(1024 * 1024, 'x')
  const startedAt = performance.now()
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < MEGABYTES; written += 1) writeSync(descriptor, block)
  fsyncSync(descriptor)
  closeSync(descriptor)
  const seconds = (performance.now() - startedAt) / 1000
  rmSync(file)
  return (MEGABYTES * 1.048576) / seconds
}
