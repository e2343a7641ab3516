import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RatchetError } from '../../../base/errors.ts'
import type { Clock } from '../../../base/time.ts'
import { readGitHead } from '../../datasets/index.ts'
import { identify } from '../processes.ts'
import { runError } from '../run-error.ts'
import type { StageUpdate } from '../runner.ts'
import type { RunId, StageRecord } from '../schema.ts'
import { recordAfter, stageOf } from '../stage-records.ts'
import { type JournalLine, journalFolder } from './lines.ts'

/** Writes down what a run in a shell does, for the control plane to take in, now or when one is started. */
export interface Journal {
  readonly onUpdate: (update: StageUpdate) => void
  readonly end: (
    status: 'succeeded' | 'failed' | 'cancelled',
    error: RatchetError | null,
  ) => Promise<void>
}

export interface JournalNeeds {
  readonly root: string
  readonly stateDir: string
  readonly clock: Clock
  readonly runId: RunId
  readonly targets: readonly string[]
}

const MOST_FILES = 200

/**
 * Nothing is written before a stage has something to tell: a run that finds all unchanged leaves no trace. Never
 * throws, and no stage waits for it: a journal that cannot be written is not worth a stage.
 */
export function openJournal(needs: JournalNeeds): Journal {
  const { root, stateDir, clock, runId, targets } = needs
  const records = new Map<string, StageRecord>()
  const head: JournalLine = {
    kind: 'run',
    id: runId,
    targets,
    at: clock.now(),
    owner: identify(process.pid),
  }
  let held: JournalLine[] | null = [head]
  let noted: Promise<void> | undefined
  const file = join(journalFolder(stateDir), `${runId}.jsonl`)
  const write = (line: JournalLine, isTelling: boolean): void => {
    if (held !== null && !isTelling) return void held.push(line)
    if (held !== null) {
      makeRoom(stateDir)
      noted = noteCommit(root, file)
    }
    const lines = [...(held ?? []), line]
    held = null
    append(file, lines)
  }
  return {
    onUpdate: (update) => {
      const before = records.get(stageOf(update)) ?? null
      const record = recordAfter({ runId, update, before, now: clock.now() })
      if (record === null) return
      records.set(record.stage, record)
      write({ kind: 'stage', record }, record.state !== 'skipped')
    },
    end: async (status, error) => {
      if (held !== null) return
      const last = { status, at: clock.now(), error: error === null ? null : runError(error) }
      // After the end nothing may come: whoever takes the journal in deletes it then.
      await noted
      append(file, [{ kind: 'end', ...last }])
    },
  }
}

async function noteCommit(root: string, file: string): Promise<void> {
  const found = await readGitHead(root).catch(() => null)
  if (found !== null) append(file, [{ kind: 'commit', ...found }])
}

function append(file: string, lines: readonly JournalLine[]): void {
  try {
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  } catch {
    // A full or read-only disk is told by the stage itself.
  }
}

// Where no control plane is ever started nobody takes them in: the oldest make room.
function makeRoom(stateDir: string): void {
  const folder = journalFolder(stateDir)
  try {
    mkdirSync(folder, { recursive: true })
    const names = readdirSync(folder).toSorted()
    for (const name of names.slice(0, Math.max(0, names.length - MOST_FILES + 1)))
      rmSync(join(folder, name), { force: true })
  } catch {
    // Then nothing is written either.
  }
}
