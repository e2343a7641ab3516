import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../../storage/database/port.ts'
import { pipelineErrors } from '../errors.ts'
import { isAlive } from '../processes.ts'
import { runError } from '../run-error.ts'
import type { PipelineRun, StageRecord } from '../schema.ts'
import { putRun, putStage } from '../store.ts'
import { type JournalHead, type JournalLine, journalFolder, parseJournal } from './lines.ts'

export interface TakeInDeps {
  readonly database: Database
  readonly stateDir: string
  readonly clock: { readonly now: () => number }
}

/**
 * Takes the runs of shells into the database, those under way as far as they are. Returns what does so: each call
 * reads what is new since the call before. A journal goes when its run has ended.
 */
export function journalIntake(deps: TakeInDeps): () => Promise<void> {
  const seen = new Map<string, string>()
  return async () => {
    for (const name of journals(deps.stateDir)) {
      const file = join(journalFolder(deps.stateDir), name)
      const lines = parseJournal(readText(file))
      const run = runOf(deps, lines)
      const mark = `${lines.length} ${run?.status ?? ''}`
      if (run === null || seen.get(name) === mark) continue
      await take(deps.database, run, stagesOf(lines, run))
      seen.set(name, mark)
      if (run.status === 'running') continue
      rmSync(file, { force: true })
      seen.delete(name)
    }
  }
}

function journals(stateDir: string): readonly string[] {
  try {
    return readdirSync(journalFolder(stateDir)).filter((name) => name.endsWith('.jsonl'))
  } catch {
    return []
  }
}

function readText(file: string): string {
  // Another process may have made room meanwhile.
  return statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file, 'utf8')
}

function runOf({ clock }: TakeInDeps, lines: readonly JournalLine[]): PipelineRun | null {
  const head = lines.find((line): line is JournalHead => line.kind === 'run')
  if (head === undefined) return null
  const at = lines.find((line) => line.kind === 'commit')
  return {
    id: head.id,
    origin: 'shell',
    model: '',
    targets: head.targets,
    params: {},
    commit: at?.commit ?? null,
    dirty: at?.dirty ?? null,
    causedBy: null,
    createdAt: head.at,
    startedAt: head.at,
    cancelRequestedAt: null,
    outputs: lines.flatMap((line) => (line.kind === 'stage' ? line.record.outputs : [])),
    ...endOf(lines, head, clock.now()),
  }
}

function endOf(
  lines: readonly JournalLine[],
  { id, owner }: JournalHead,
  now: number,
): Pick<PipelineRun, 'status' | 'finishedAt' | 'error'> {
  const end = lines.find((line) => line.kind === 'end')
  if (end !== undefined) return { status: end.status, finishedAt: end.at, error: end.error }
  if (isAlive(owner)) return { status: 'running', finishedAt: null, error: null }
  const error = runError(
    pipelineErrors.PIPELINE_RUN_KILLED({ detail: `${id}, process ${owner.pid}` }),
  )
  return { status: 'failed', finishedAt: now, error }
}

function stagesOf(
  lines: readonly JournalLine[],
  { status, finishedAt }: PipelineRun,
): readonly StageRecord[] {
  const records = lines.flatMap((line) => (line.kind === 'stage' ? [line.record] : []))
  const newest = new Map(records.map((record) => [record.stage, record]))
  return [...newest.values()].map((record) => {
    if (record.state !== 'running' || finishedAt === null) return record
    const state = status === 'cancelled' ? 'cancelled' : 'failed'
    return { ...record, state, durationMs: Math.max(0, finishedAt - record.startedAt) }
  })
}

async function take(
  database: Database,
  run: PipelineRun,
  stages: readonly StageRecord[],
): Promise<void> {
  await database.transaction(async (tx) => {
    await putRun(tx, run)
    for (const stage of stages) await putStage(tx, stage)
  })
}
