/**
 * What this machine can do at most, beside the one on which the figures to reach were set: two cores are not two
 * cores everywhere, and a rented one is half as fast on some days. `node bench/machine.bench.ts`
 */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { report } from './measure.ts'

/** Measured on the machine of the figures to reach. */
const THERE = {
  syncedCommits: 7_300,
  unsyncedCommits: 59_000,
  rowsInBatches: 650_000,
  appends: 6_600,
  md5: 693,
}
const REFERENCE = 'figures’ machine'
const LASTS_MS = 2_000

const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-machine-'))
try {
  for (const [measure, synchronous, there] of [
    ['commits of one row, synced', 'FULL', THERE.syncedCommits],
    ['commits of one row, not synced', 'OFF', THERE.unsyncedCommits],
  ] as const)
    say(measure, commitRate(synchronous, 1), '/s', there)
  say('rows, 1,000 a commit', commitRate('FULL', 1_000), 'rows/s', THERE.rowsInBatches)
  say('append 100 bytes and sync', appendRate(), '/s', THERE.appends)
  say('MD5, one thread', md5Megabytes(), 'MB/s', THERE.md5)
} finally {
  rmSync(folder, { recursive: true })
}

function say(measure: string, ours: number, unit: string, there: number): void {
  report({ measure: `limit: ${measure}`, ours, unit, peer: { name: REFERENCE, value: there } })
}

/** Rows a second. */
function commitRate(synchronous: 'FULL' | 'OFF', rowsEach: number): number {
  const database = new DatabaseSync(join(folder, `${synchronous}-${rowsEach}.db`))
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`)
  database.exec('CREATE TABLE points (run INTEGER, step INTEGER, value REAL)')
  const insert = database.prepare('INSERT INTO points VALUES (1, ?, 0.5)')
  const commit = (): void => {
    database.exec('BEGIN')
    for (let row = 0; row < rowsEach; row++) insert.run(row)
    database.exec('COMMIT')
  }
  const rate = timesASecond(commit) * rowsEach
  database.close()
  return rate
}

function appendRate(): number {
  const file = openSync(join(folder, 'log'), 'a')
  const line = Buffer.alloc(100, 'x')
  const rate = timesASecond(() => {
    writeSync(file, line)
    fdatasyncSync(file)
  })
  closeSync(file)
  return rate
}

function md5Megabytes(): number {
  const block = randomBytes(1 << 20)
  const hash = createHash('md5')
  return (timesASecond(() => hash.update(block)) * block.length) / 1e6
}

function timesASecond(work: () => unknown): number {
  const startedAt = performance.now()
  let times = 0
  while (performance.now() - startedAt < LASTS_MS) {
    work()
    times++
  }
  return (times * 1000) / (performance.now() - startedAt)
}
