import { constants, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, manualClock, systemClock, toIso } from '../base/time.ts'
import type { Database } from '../storage/database/port.ts'
import { readSetting, writeSetting } from '../storage/database/settings.ts'
import { mainErrors } from './errors.ts'

/** The time that schedules, windows, cooldowns, steps and holds follow. */
export interface ProjectClock extends Clock {
  readonly mode: 'live' | 'replay'
  /**
   * Moves a replay's clock. Stored before it is seen, so a restart goes on from there.
   * @throws REPLAY_ONLY, REPLAY_BACKWARDS
   */
  readonly moveTo: (ms: number) => Promise<void>
}

export interface ProjectClockOptions {
  readonly database: Database
  readonly stateDir: string
  readonly replayFrom: number | null
  /** Whether anything has happened in this project yet. */
  readonly isFresh: () => Promise<boolean>
}

const SETTING = 'replay.now'

/** @throws REPLAY_CONFLICT when a project that has lived is asked to become a replay. */
export async function openProjectClock(options: ProjectClockOptions): Promise<ProjectClock> {
  const { database, stateDir, replayFrom } = options
  const stored = await readSetting(database.query, SETTING)
  if (stored === null && replayFrom === null) return liveClock
  if (stored === null && !(await options.isFresh()))
    throw mainErrors.REPLAY_CONFLICT({ detail: 'this project has a history in real time' })
  const clock = manualClock(stored === null ? (replayFrom ?? 0) : Number(stored))
  const tellDataPlane = openClockFile(stateDir)
  const moveTo = async (ms: number): Promise<void> => {
    if (ms < clock.now()) {
      const detail = `${toIso(ms)} is before the current ${toIso(clock.now())}`
      throw mainErrors.REPLAY_BACKWARDS({ detail, path: 'to' })
    }
    await database.transaction((tx) => writeSetting(tx, SETTING, String(ms)))
    tellDataPlane(ms)
    clock.set(ms)
  }
  await moveTo(clock.now())
  return { mode: 'replay', now: () => clock.now(), moveTo }
}

const liveClock: ProjectClock = {
  mode: 'live',
  now: () => systemClock.now(),
  moveTo: () =>
    Promise.reject(mainErrors.REPLAY_ONLY({ detail: 'this project lives in real time' })),
}

const LENGTH = 64

/**
 * Writes the time over the one before, in one write of one length: a new file for each day of eighteen years costs ten
 * seconds. It is derived from the database at each start, so it need not survive loss of power.
 */
function openClockFile(stateDir: string): (ms: number) => void {
  const folder = join(stateDir, 'run')
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, 'clock.json'), constants.O_RDWR | constants.O_CREAT, 0o644)
  return (ms) => {
    const text = JSON.stringify({ mode: 'replay', now: ms }).padEnd(LENGTH)
    writeSync(file, text, 0)
  }
}
