import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/base/time.ts'
import { createTracking, type Tracking } from '../../src/capabilities/tracking/index.ts'
import { createEventLog } from '../../src/events/index.ts'
import { migrate } from '../../src/storage/database/migrate.ts'
import { openSqlite } from '../../src/storage/database/sqlite.ts'

const TIME = 1_700_000_000_000
const AT_ONCE = 500
const BATCH = 1000

export interface Seed {
  /** Runs of 10 params, 10 metrics and 5 tags. */
  readonly runs: number
  /** Points of one history, of metric `loss`. */
  readonly points: number
}

/** Fills our database before the server starts; the id of the run that has the history. */
export async function seedRatchet(folder: string, { runs, points }: Seed): Promise<string> {
  const stateDir = join(folder, '.ratchet')
  mkdirSync(stateDir, { recursive: true })
  const database = openSqlite({ file: join(stateDir, 'ratchet.db'), durability: 'off' })
  await migrate(database)
  const { publish } = createEventLog(systemClock)
  const tracking = createTracking({ database, clock: systemClock, publish })
  let first = ''
  for (let start = 0; start < runs; start += AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(AT_ONCE, runs - start) },
      (_, index) => start + index,
    )
    const ids = await Promise.all(numbers.map((run) => addRun(tracking, run)))
    if (start === 0) first = ids[0] ?? ''
  }
  for (let start = 0; start < points; start += BATCH)
    await addPoints(tracking, first, { start, points })
  await database.close()
  return first
}

function value(run: number, index: number): number {
  return ((run * 7919 + index * 104_729) % 100_003) / 100_003
}

async function addRun(tracking: Tracking, run: number): Promise<string> {
  const startTime = TIME + run
  const { id } = await tracking.createRun({
    experimentId: '0',
    startTime,
    name: `run-${run}`,
    userId: 'bench',
  })
  const ten = Array.from({ length: 10 }, (_, index) => index)
  await tracking.logBatch(id, {
    metrics: ten.map((index) => ({
      key: `metric_${index}`,
      value: value(run, index),
      at: startTime,
      step: 0,
    })),
    params: ten.map((index) => ({
      key: `param_${index}`,
      value: `value ${Math.floor(value(run, index + 20) * 10)}`,
    })),
    tags: [0, 1, 2, 3].map((index) => ({ key: `tag_${index}`, value: `value ${run % 100}` })),
  })
  return id
}

async function addPoints(
  tracking: Tracking,
  id: string,
  { start, points }: { readonly start: number; readonly points: number },
): Promise<void> {
  const count = Math.min(BATCH, points - start)
  const steps = Array.from({ length: count }, (_, index) => start + index)
  await tracking.logBatch(id, {
    metrics: steps.map((step) => ({ key: 'loss', value: 1 / (step + 1), at: TIME + step, step })),
  })
}
