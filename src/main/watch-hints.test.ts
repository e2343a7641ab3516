import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../base/time.ts'
import { insertJob, type JobSpec, listJobs } from '../jobs/index.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import type { Database, Tx } from '../storage/database/port.ts'
import { parseProjectFile } from './project-file.ts'
import { createWatchHints, type WatchHints } from './watch-hints.ts'

const project = parseProjectFile(`
project: shop
models:
  sales:
    train: { stage: train, model: models/sales.txt, data: data/sales }
    retrain: { on: [ { data: "new/**/*.csv" }, { data: "slow/*.csv", every: 1h }, { data: "s3://sales/*.csv" } ] }
`)
const QUIET_MS = 60

let root: string
let database: Database
let hints: WatchHints
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-hints-'))
  for (const folder of ['new', 'slow']) mkdirSync(join(root, folder))
  database = await testDatabase()
})
afterEach(async () => {
  hints.stop()
  await database.close()
  rmSync(root, { recursive: true, force: true })
})

function start(mode: 'live' | 'replay'): void {
  const enqueue = (tx: Tx, spec: JobSpec) => insertJob(tx, spec, systemClock.now())
  const clock = { ...systemClock, mode, moveTo: async () => {} }
  const log = pino({ level: 'silent' })
  const base = { clock, project, projectRoot: root, database, enqueue, log }
  hints = createWatchHints(base, { wake: () => {}, quietMs: QUIET_MS })
  hints.start()
}

const looks = async (): Promise<readonly unknown[]> =>
  (await listJobs(database.query, {})).map(({ payload, lane }) => [payload, lane])
const quiet = () => new Promise((resolve) => setTimeout(resolve, 4 * QUIET_MS))
const look = (watch: string) => [{ watch: `sales:${watch}` }, `watch:sales:${watch}`]

test('files that come together bring one look forward, when all is quiet', async () => {
  start('live')
  for (const name of ['a', 'b', 'c']) writeFileSync(join(root, `new/${name}.csv`), name)
  await expect.poll(looks).toEqual([look('new/**/*.csv')])
  await quiet()
  expect(await looks()).toHaveLength(1)
  writeFileSync(join(root, 'new/d.csv'), 'd')
  await expect.poll(looks).toHaveLength(2)
})

test('a folder whose owner says how often is looked at only then, and when one is told', async () => {
  start('live')
  writeFileSync(join(root, 'slow/a.csv'), 'a')
  await quiet()
  expect(await looks()).toEqual([])
  expect(hints.notify(['slow/a.csv', 's3://sales/b.csv', 's3://other/b.csv'])).toEqual([
    'slow/*.csv',
    's3://sales/*.csv',
  ])
  await expect.poll(async () => (await looks()).length).toBe(2)
})

test('a replay looks when its clock is moved, and at no other time', async () => {
  start('replay')
  writeFileSync(join(root, 'new/a.csv'), 'a')
  expect(hints.notify(['new/a.csv'])).toEqual([])
  await quiet()
  expect(await looks()).toEqual([])
})
