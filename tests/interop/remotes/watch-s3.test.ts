import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { manualClock, systemClock } from '../../../src/base/time.ts'
import {
  initDataProject,
  lookForFiles,
  type Watch,
} from '../../../src/capabilities/datasets/index.ts'
import { createEventLog } from '../../../src/events/index.ts'
import { testDatabase } from '../../../src/storage/database/database.testing.ts'
import type { Database } from '../../../src/storage/database/port.ts'
import { freePort } from '../../free-port.ts'
import { tools } from '../tools.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const ACCESS = 'ratchet-access'
const SECRET = 'ratchet-secret'
const SETTLED_MS = 60_000

let folder: string
let projectRoot: string
let server: ServerProcess
let database: Database
let port: number
const clock = manualClock(1_700_000_000_000)
const events = createEventLog(clock)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-watch-s3-'))
  mkdirSync(join(folder, 'buckets/sales'), { recursive: true })
  port = await freePort()
  const gateway = tools.s3Gateway()
  const listen = `127.0.0.1:${port}`
  server = await startServer([gateway, '--port', listen, 'posix', join(folder, 'buckets')], port, {
    ROOT_ACCESS_KEY: ACCESS,
    ROOT_SECRET_KEY: SECRET,
  })
  projectRoot = join(folder, 'project')
  mkdirSync(projectRoot)
  initDataProject(projectRoot)
  configure(SECRET, port)
  database = await testDatabase()
})
afterAll(async () => {
  await database.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function configure(secret: string, port: number): void {
  const lines = [
    `['remote "sales"']`,
    'url = s3://sales',
    `endpointurl = http://127.0.0.1:${port}`,
    `access_key_id = ${ACCESS}`,
    `secret_access_key = ${secret}`,
  ]
  writeFileSync(join(projectRoot, '.dvc/config.local'), `${lines.join('\n')}\n`)
}

// The gateway keeps objects as files, so that a test can make one old.
function deliver(key: string, text: string, ageMs = SETTLED_MS): void {
  const file = join(folder, 'buckets/sales', key)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  const at = (systemClock.now() - ageMs) / 1000
  utimesSync(file, at, at)
}

function look(pattern: string): Promise<string | null> {
  const watch: Watch = { name: `sales:${pattern}`, model: 'sales', pattern, take: 'coalesce' }
  const { publish } = events
  const isBusy = async (): Promise<boolean> => false
  const deps = { projectRoot, database, publish, clock, realClock: systemClock, isBusy }
  const { signal } = new AbortController()
  return lookForFiles(deps, watch, { causedBy: null, signal, alongside: async () => {} })
}

async function arrived(): Promise<readonly unknown[]> {
  const found = await events.list(database.query, { types: ['datasets.arrived'], limit: 100 })
  return found.map(({ data }) => data.files)
}

it('sees each object once, by the endpoint and the credentials of the remote around it', async () => {
  deliver('weekly/1.parquet', 'one')
  expect(await look('s3://sales/weekly/**/*.parquet')).toBe(null)
  deliver('weekly/2.parquet', 'two')
  deliver('weekly/deep/3.parquet', 'three', SETTLED_MS - 10_000)
  deliver('weekly/4.parquet', 'four', 0)
  deliver('weekly/notes.txt', 'not asked for')
  deliver('monthly/5.parquet', 'not here')
  await look('s3://sales/weekly/**/*.parquet')
  await look('s3://sales/weekly/**/*.parquet')
  const both = ['s3://sales/weekly/2.parquet', 's3://sales/weekly/deep/3.parquet']
  expect(await arrived()).toEqual([both])
})

it('names a remote as DVC does', async () => {
  expect(await look('remote://sales/monthly/*')).toBe(null)
  deliver('monthly/6.parquet', 'six')
  await look('remote://sales/monthly/*')
  expect((await arrived()).at(-1)).toEqual(['remote://sales/monthly/6.parquet'])
})

it('takes a refusal and a dead server for no look', async () => {
  const before = await arrived()
  configure('no', port)
  expect(await look('s3://sales/weekly/**/*.parquet')).toMatch(/does not let us in|REFUSED|403/)
  configure(SECRET, 9)
  expect(await look('s3://sales/weekly/**/*.parquet')).toMatch(/s3:\/\/sales/)
  expect(await arrived()).toEqual(before)
})
