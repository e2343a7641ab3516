import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { openAnalytics } from '../../storage/analytics/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { parseContract } from './contract-file.ts'
import { findReport, listReports } from './store.ts'
import { checkData } from './validation.ts'

const contract = parseContract(
  'columns: { births: { type: integer, nullable: false, min: 0 } }',
  'c',
)
const analytics = openAnalytics()
const events = createEventLog(manualClock(1000))
let database: Database
let folder: string

beforeEach(async () => {
  database = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-checks-'))
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

async function deliver(content: string, causedBy: string | null) {
  const file = join(folder, 'week.csv')
  writeFileSync(file, content)
  const deps = { analytics, database, publish: events.publish }
  return await checkData(deps, { contract, file, now: 1000, dataset: 'births', causedBy })
}

test('a report and its announcement are kept together', async () => {
  const report = await deliver('births\n5\n-1\n', 'evt_1')
  expect(await findReport(database.query, report.id)).toEqual(report)
  const [event] = await events.list(database.query, { types: ['validation.checked'] })
  expect(event).toMatchObject({
    subject: 'dataset:births',
    data: { report_id: report.id, verdict: 'failed', failures: 1 },
    causedBy: 'evt_1',
  })
})

test('the same cause delivered twice makes one report', async () => {
  const first = await deliver('births\n5\n', 'evt_1')
  expect(await deliver('births\n-5\n', 'evt_1')).toEqual(first)
  expect(await deliver('births\n-5\n', 'evt_2')).toMatchObject({ verdict: 'failed' })
  expect(await listReports(database.query, { dataset: 'births' })).toHaveLength(2)
  expect(await listReports(database.query, { verdict: 'failed' })).toHaveLength(1)
})

test('a delivery that is no table is a failed report with the line', async () => {
  const report = await deliver('births\n1,2\n', null)
  expect(report).toMatchObject({ verdict: 'failed', checks: [{ check: 'readable' }] })
  expect(report.checks[0]?.message).toContain('week.csv:2')
})
