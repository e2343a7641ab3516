import { open } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { findDecision } from '../../automation/store.ts'
import type { JsonObject } from '../../base/json.ts'
import { toIso } from '../../base/time.ts'
import {
  findRun,
  listRuns,
  listStages,
  type PipelineRun,
  reasonText,
  type RunEnvironment as StoredEnvironment,
  runFigures,
  type StageRecord,
} from '../../capabilities/pipelines/index.ts'
import type { Run, RunEnvironment, RunStage } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'
import { tellPlainly } from './sentences.ts'
import { toStageChange } from './stage-change.ts'

type RunDeps = Pick<ApiDeps, 'database' | 'events' | 'workspace' | 'commands'>

export function registerRuns(app: FastifyInstance, deps: RunDeps): void {
  const { query } = deps.database
  handle(app, operations.runs, async ({ query: asked }) => {
    const { model, state: status } = asked
    const page = pageOf(await listRuns(query, { model, status, limit: MOST_ROWS }), asked, keyOf)
    const items = page.items.map(async (run) => ({
      ...toRun(run, []),
      cause: await causeOf(deps, run),
    }))
    return { ...page, items: await Promise.all(items) }
  })
  handle(app, operations.run, async ({ params }) => wholeRun(deps, await mustFind(deps, params.id)))
  handle(app, operations.cancelRun, async ({ params }) =>
    wholeRun(deps, await deps.commands.cancelRun(params.id)),
  )
  handle(app, operations.runLogs, async ({ params }) => {
    const run = await mustFind(deps, params.id)
    return { text: await readLogs(await listStages(query, run.id)) }
  })
}

async function wholeRun(deps: RunDeps, run: PipelineRun): Promise<Run> {
  const stages = await listStages(deps.database.query, run.id)
  const metrics = await runFigures(deps.workspace, stages)
  return { ...toRun(run, stages), cause: await causeOf(deps, run), metrics }
}

function keyOf({ id }: PipelineRun): string {
  return id
}

async function mustFind({ database }: RunDeps, id: string): Promise<PipelineRun> {
  const run = await findRun(database.query, id)
  if (run === null) throw httpErrors.NOT_FOUND({ detail: `There is no run ${id}.` })
  return run
}

const MOST_BYTES = 256 * 1024

async function readLogs(stages: readonly StageRecord[]): Promise<string> {
  const parts = await Promise.all(
    stages.map(async ({ stage, state, logPath, error }) => {
      const text = logPath === null ? '' : await readEnd(logPath)
      const trouble = error === null ? '' : `${error.detail}\n`
      return `--- ${stage}: ${state}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${trouble}`
    }),
  )
  return parts.join('')
}

/** The end is what a reader wants of a long log. A file that is gone says so instead of failing the rest. */
async function readEnd(path: string): Promise<string> {
  const file = await open(path).catch(() => null)
  if (file === null) return '(the log is no longer kept)\n'
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - MOST_BYTES)
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    )
    const text = buffer.toString('utf8', 0, bytesRead)
    return start === 0 ? text : `… (${start} bytes before)\n${text}`
  } finally {
    await file.close()
  }
}

/** What asked for it: a decision of the loop, or something that happened. */
async function causeOf({ database, events }: RunDeps, run: PipelineRun): Promise<string | null> {
  const { origin, targets, causedBy: id } = run
  if (origin === 'shell') return `\`${['ratchet repro', ...targets].join(' ')}\` in a shell`
  if (id === null) return null
  const decision = await findDecision(database.query, id)
  if (decision !== null) return decision.sentence
  const event = await events.find(database.query, id)
  return event === null ? null : tellPlainly(event).sentence
}

function toRun(run: PipelineRun, stages: readonly StageRecord[]): Omit<Run, 'cause'> {
  const { id, model, status, createdAt, startedAt, finishedAt, error, commit, causedBy } = run
  return {
    id,
    origin: run.origin,
    model,
    status,
    created_at: toIso(createdAt),
    started_at: startedAt === null ? null : toIso(startedAt),
    finished_at: finishedAt === null ? null : toIso(finishedAt),
    cancel_requested_at: run.cancelRequestedAt === null ? null : toIso(run.cancelRequestedAt),
    error: error?.detail ?? null,
    commit,
    dirty: run.dirty,
    caused_by: causedBy,
    params: pairs(run.params),
    stages: stages.map(toStage),
    metrics: [],
  }
}

function toStage(record: StageRecord): RunStage {
  const { stage, state, command, startedAt, durationMs, reasons, error, logPath } = record
  const { exitCode, peakMemory, environment } = record.measures
  return {
    stage,
    state,
    command,
    started_at: toIso(startedAt),
    duration_ms: durationMs,
    reasons: reasons.map(reasonText),
    changes: reasons.map(toStageChange),
    inputs: record.inputs,
    outputs: record.outputs,
    params: pairs(record.params),
    error: error?.detail ?? null,
    has_log: logPath !== null,
    exit_code: exitCode,
    peak_memory: peakMemory,
    environment: environment === null ? null : toEnvironment(environment),
  }
}

function toEnvironment({ variables, ...rest }: StoredEnvironment): RunEnvironment {
  return { ...rest, variables: pairs(variables) }
}

function pairs(values: JsonObject): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
}
