import { randomBytes } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '../../base/json.ts'
import { hasMembersOnly, identify, isAlive, killGroup, type ProcessIdentity } from './processes.ts'

/** What stands in `run/stages/`: a stage's process, and the one that waits for it. */
interface StageProcess {
  readonly stage: string
  readonly process: ProcessIdentity
  readonly owner: ProcessIdentity
}

/** Keeps the processes of one run's stages on record, so that what a killed run left behind is found. */
export interface StageProcesses {
  /** Puts a process on record. Returns what takes it off again. */
  readonly note: (stage: string, pid: number) => () => void
  readonly close: () => void
}

interface Slot {
  readonly file: number
  readonly path: string
  /** Bytes. */
  length: number
}

/** One file for each command at a time, written over by the next: making and deleting one a command costs more. */
export function stageProcesses(stateDir: string): StageProcesses {
  const folder = join(stateDir, 'run/stages')
  const owner = identify(process.pid)
  const all: Slot[] = []
  const free: Slot[] = []
  const open = (): Slot => {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `${process.pid}.${randomBytes(6).toString('hex')}.json`)
    const slot = { file: openSync(path, 'wx'), path, length: 0 }
    all.push(slot)
    return slot
  }
  return {
    note: (stage, pid) => {
      const record: StageProcess = { stage, process: identify(pid), owner }
      const slot = free.pop() ?? open()
      write(slot, `${JSON.stringify(record)}\n`)
      return () => {
        write(slot, '')
        free.push(slot)
      }
    },
    close: () => {
      for (const { file, path } of all) {
        closeSync(file)
        rmSync(path, { force: true })
      }
    },
  }
}

// Blanks over what was longer. Not synced: after a loss of power no process is left to be found.
function write(slot: Slot, text: string): void {
  const bytes = Buffer.from(text)
  const whole = Buffer.alloc(Math.max(bytes.length, slot.length), ' ')
  bytes.copy(whole)
  slot.length = whole.length
  writeSync(slot.file, whole, 0, whole.length, 0)
}

/**
 * Ends what stages left running when the process that waited for them was killed, so that no stage runs twice
 * at a time. Returns the stages ended.
 */
export async function endOrphans(stateDir: string): Promise<readonly string[]> {
  const folder = join(stateDir, 'run/stages')
  const ended: string[] = []
  for (const name of filesIn(folder)) {
    const file = join(folder, name)
    const record = readRecord(file)
    if (record === null ? isOfLiving(name) : isAlive(record.owner)) continue
    if (record !== null && (isAlive(record.process) || hasMembersOnly(record.process.pid))) {
      await killGroup(record.process.pid)
      ended.push(record.stage)
    }
    rmSync(file, { force: true })
  }
  return ended
}

// One that is free, or just being written.
function isOfLiving(name: string): boolean {
  const [, pid] = /^(\d+)\.[0-9a-f]{12}\.json$/.exec(name) ?? []
  return pid !== undefined && identify(Number(pid)).startedAt !== null
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

function readRecord(file: string): StageProcess | null {
  const value = parseJson(readFileSync(file, 'utf8')) as Partial<StageProcess> | null | undefined
  const complete = value?.process !== undefined && value.owner !== undefined
  return complete ? (value as StageProcess) : null
}
