import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '../../base/json.ts'
import { hasMembersOnly, identify, isAlive, killGroup, type ProcessIdentity } from './processes.ts'

/** What stands in `run/stages/`: a stage's process, and the one that waits for it. */
interface StageProcess {
  readonly stage: string
  readonly process: ProcessIdentity
  readonly owner: ProcessIdentity
}

/** Puts a stage's process on record. Returns the file, to be deleted when the process has ended. */
export function recordStageProcess(stateDir: string, stage: string, pid: number): string {
  const folder = join(stateDir, 'run/stages')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${encodeURIComponent(stage)}.${pid}.json`)
  const record: StageProcess = { stage, process: identify(pid), owner: identify(process.pid) }
  // Not synced: after a loss of power no process is left to be found.
  writeFileSync(file, `${JSON.stringify(record)}\n`)
  return file
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
    if (record !== null && isAlive(record.owner)) continue
    if (record !== null && (isAlive(record.process) || hasMembersOnly(record.process.pid))) {
      await killGroup(record.process.pid)
      ended.push(record.stage)
    }
    rmSync(file, { force: true })
  }
  return ended
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
