import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { directOf } from '../direct.ts'
import { migrate } from '../migrate.ts'
import type { Database } from '../port.ts'
import { openSqlite } from '../sqlite.ts'
import { trackingFewerIndexes } from './0013-tracking-fewer-indexes.ts'
import { migrations } from './index.ts'

let folder: string
let database: Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-indexes-'))
  database = openSqlite({ file: join(folder, 'ratchet.db'), durability: 'off' })
  await migrate(
    database,
    migrations.filter(({ name }) => name !== trackingFewerIndexes.name),
  )
  await fill('a', 1, [1, 2])
  expect(await migrate(database)).toEqual([trackingFewerIndexes.name])
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

/** A run in an experiment, with one value of each metric. */
async function fill(id: string, experiment: number, keys: readonly number[]): Promise<void> {
  await database.transaction(async (tx) => {
    const direct = directOf(tx)
    await direct.run(
      `insert into tracking_runs (id, experiment_id, name, user_id, status, start_time, lifecycle, artifact_uri)
       values (?, ?, 'run', '', 'RUNNING', 1, 'active', '')`,
      [id, experiment],
    )
    for (const key of keys)
      await direct.run(
        `insert into tracking_series (run, key, experiment, started, step, at, value, is_nan, logged, in_order)
         select seq, ?, experiment_id, start_time, 0, 1, 1, 0, 1, 1 from tracking_runs where id = ?`,
        [key, id],
      )
  })
}

async function keysOf(experiment: number): Promise<readonly number[]> {
  const sql = 'select key from tracking_experiment_keys where experiment_id = ? order by key'
  return (await directOf(database.query).all<{ key: number }>(sql, [experiment])).map(
    ({ key }) => key,
  )
}

it('knows which metrics an experiment had before, and those that come', async () => {
  expect(await keysOf(1)).toEqual([1, 2])
  await fill('b', 1, [2, 3])
  expect(await keysOf(1)).toEqual([1, 2, 3])
})

it('tells them of the experiment that a run is moved to', async () => {
  await database.transaction(async (tx) =>
    directOf(tx).run(`update tracking_runs set experiment_id = 7 where id = 'a'`, []),
  )
  expect(await keysOf(7)).toEqual([1, 2])
})

it('finds children by an index, and has none on other values', async () => {
  const planOf = async (key: string) => {
    const sql = `explain query plan select run_id from tracking_tags where key = '${key}' and value = ?`
    return (await directOf(database.query).all<{ detail: string }>(sql, ['x']))[0]?.detail
  }
  expect(await planOf('mlflow.parentRunId')).toContain('tracking_tags_parent')
  expect(await planOf('colour')).toContain('SCAN')
})
