import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import type { Database } from '../storage/database/port.ts'
import { openProjectClock } from './project-clock.ts'

let database: Database
let stateDir: string
beforeEach(async () => {
  database = await testDatabase()
  stateDir = mkdtempSync(join(tmpdir(), 'ratchet-clock-'))
})
afterEach(async () => {
  await database.close()
  rmSync(stateDir, { recursive: true })
})

const start = Date.UTC(1971, 0, 1)
const open = (replayFrom: number | null, fresh = true) =>
  openProjectClock({ database, stateDir, replayFrom, isFresh: async () => fresh })

it('stands still until it is moved, goes on after a restart, and never goes back', async () => {
  const clock = await open(start)
  expect(clock.now()).toBe(start)
  await clock.moveTo(start + DAY_MS)
  const told = JSON.parse(readFileSync(join(stateDir, 'run', 'clock.json'), 'utf8')) as unknown
  expect(told).toEqual({ mode: 'replay', now: start + DAY_MS })
  const again = await open(null, false)
  expect([again.mode, again.now()]).toEqual(['replay', start + DAY_MS])
  await expect(again.moveTo(start)).rejects.toMatchObject({ code: 'REPLAY_BACKWARDS' })
})

it('is refused in a project that lives in real time', async () => {
  const clock = await open(null)
  await expect(clock.moveTo(start)).rejects.toMatchObject({ code: 'REPLAY_ONLY' })
  await expect(open(start, false)).rejects.toMatchObject({ code: 'REPLAY_CONFLICT' })
})
