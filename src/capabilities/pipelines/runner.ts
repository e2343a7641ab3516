import { existsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { RatchetError } from '../../base/errors.ts'
import type { Clock } from '../../base/time.ts'
import {
  type DataProject,
  makeStateFolder,
  notePlaced,
  openDataProject,
  sweepUnfinished,
} from '../datasets/index.ts'
import { type Bench, bringUpToDate, type Going, type StageStart } from './bring-up-to-date.ts'
import { type RunClaims, runClaims } from './claims.ts'
import { lookingAt } from './current.ts'
import { changedSources, type DataSource, sourcesOf, versionSources } from './data-sources.ts'
import { environmentReader } from './environment.ts'
import { pipelineErrors } from './errors.ts'
import { fromRoot } from './graph.ts'
import { ignoreOutputs } from './ignore-outputs.ts'
import type { KnownHashes } from './known-hashes.ts'
import { loadPlan } from './load-plan.ts'
import { lockWriter } from './lock-writer.ts'
import { looksAtRecords } from './looks-at-records.ts'
import { type Measures, noMeasures } from './measures.ts'
import { type Plan, reversed, type Selection } from './plan.ts'
import { recordedContent } from './recorded-content.ts'
import type { StageEnvironment } from './run-stage.ts'
import { pullMissing } from './pull-missing.ts'
import { isOfTheStage, type OnError, runSchedule } from './scheduler.ts'
import type { Stage, StageResult } from './schema.ts'
import { endOrphans, stageProcesses, type StageProcesses } from './stage-process.ts'

export interface ReproDeps {
  readonly root: string
  readonly stateDir: string
  /** The environment that commands get. */
  readonly env: StageEnvironment
  readonly clock: Clock
}

export type StageUpdate =
  | ({ readonly kind: 'started' } & StageStart)
  | { readonly kind: 'finished'; readonly result: StageResult }
  | {
      readonly kind: 'failed'
      readonly stage: string
      readonly error: RatchetError
      readonly durationMs: number
      readonly measures: Readonly<Measures>
    }
  /** It was cut: by a stop of the whole run, or by what is no fault of its own. */
  | { readonly kind: 'stopped'; readonly stage: string }

export interface ReproRequest extends Selection {
  /** Names the folder of the logs. */
  readonly runId: string
  readonly force?: boolean | undefined
  /** What depends on a stage that ran runs too. */
  readonly forceDownstream?: boolean | undefined
  readonly allowMissing?: boolean | undefined
  readonly onError?: OnError | undefined
  /** False writes dvc.lock and stores nothing. */
  readonly commit?: boolean | undefined
  /** Brings what is missing from the remote: data that is read, outputs of unchanged stages, earlier runs. */
  readonly pull?: boolean | undefined
  /** False runs what an earlier run could give back. */
  readonly runCache?: boolean | undefined
  /** Asked before each stage that runs; false ends the whole run. */
  readonly confirm?: ((stage: string) => Promise<boolean>) | undefined
  /** How many run at a time; as many as cores unless given. */
  readonly jobs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Hashes that the caller has just found. */
  readonly known?: KnownHashes | undefined
  /** Told who is waited for, when another command works on the same paths. */
  readonly onWait?: ((holder: string) => void) | undefined
  /** What it returns for a stage that starts is added to the stage's environment. */
  readonly onUpdate?: ((update: StageUpdate) => Promise<StageEnvironment | void>) | undefined
}

export interface ReproResult {
  readonly status: 'succeeded' | 'failed'
  readonly stages: readonly StageResult[]
  /** Data under `.dvc` files that had changed and was versioned again before. */
  readonly sources: readonly DataSource[]
  /** Of the first stage that failed. What ran beside it is kept. */
  readonly error: RatchetError | null
  readonly failures: readonly { readonly stage: string; readonly error: RatchetError }[]
  /** Stages not tried, because one that they depend on failed. */
  readonly blocked: readonly string[]
}

/**
 * Runs what changed, and only that; stages that do not depend on each other side by side. dvc.lock is written after
 * each stage. A stage that fails is a result; a stop through the signal, a broken dvc.yaml or a full disk are thrown.
 * @throws DATASET_BUSY, PIPELINE_FILE_INVALID and its kin, the signal's reason
 */
export async function repro(deps: ReproDeps, request: ReproRequest): Promise<ReproResult> {
  const plan = loadPlan(deps.root, request)
  makeStateFolder(deps.stateDir)
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  try {
    await endOrphans(deps.stateDir)
    const processes = stageProcesses(deps.stateDir)
    const { signal, onWait } = request
    const claims = runClaims({ project, stages: plan.order, signal, onWait })
    try {
      return await runPlan({ ...deps, project, request, claims, processes }, plan)
    } finally {
      processes.close()
      await claims.release()
    }
  } finally {
    project.close()
  }
}

interface Running extends ReproDeps {
  readonly claims: RunClaims
  readonly processes: StageProcesses
  readonly project: DataProject
  readonly request: ReproRequest
}

async function runPlan(running: Running, plan: Plan): Promise<ReproResult> {
  const { request } = running
  const cores = Math.max(1, request.jobs ?? availableParallelism())
  const onError = request.onError ?? 'fail'
  const bench = benchOf(running, plan)
  const forced = new Set(request.force === true ? plan.order.map(({ address }) => address) : [])
  const downstream = reversed(plan.upstream)
  if (bench.runCache) await bench.pull?.runCache()
  const { looking, commit } = bench
  const sources = await changedSources(looking, sourcesOf(running.project, plan, request))
  await versionSources(looking, sources, commit)
  const work = async (stage: Stage, free: () => void): Promise<StageResult> => {
    const force = (): void => {
      if (request.forceDownstream !== true) return
      for (const address of downstream.get(stage.address) ?? []) forced.add(address)
    }
    const onOutputs = (): void => (force(), free())
    const going = { stage, forced: forced.has(stage.address), onOutputs }
    const result = await workOn(running, bench, going)
    if (result.action !== 'skipped') force()
    return result
  }
  const capacity = { cores, memoryBytes: totalmem(), gpus: 1 }
  const { signal } = request
  const waitsForAll = looksAtRecords
  const scheduled = () => runSchedule({ plan, capacity, onError, signal, work, waitsForAll })
  const { done, failures, blocked } = await withIgnored(running, plan, scheduled)
  notePlaced(running.project, cachedOuts(running.project, plan))
  const error = onError === 'ignore' ? null : (failures[0]?.error ?? null)
  const status = error === null ? 'succeeded' : 'failed'
  return { status, stages: done, sources, error, failures, blocked }
}

// What a later checkout may take away once nothing names it.
function cachedOuts({ root }: DataProject, { order }: Plan): readonly string[] {
  const outs = order.flatMap((stage) =>
    stage.outs.filter(({ cache }) => cache).map(({ path }) => fromRoot(stage, path)),
  )
  return outs.filter((path) => existsSync(join(root, path)))
}

async function withIgnored<T>(
  { project }: Running,
  { order }: Plan,
  start: () => Promise<T>,
): Promise<T> {
  // A dvc.lock that is right already is not written, and writing is what else would sweep beside it.
  for (const { file } of order) sweepUnfinished(dirname(join(project.root, file)))
  await ignoreOutputs(project, order)
  try {
    return await start()
  } finally {
    await ignoreOutputs(project, order)
  }
}

function benchOf({ project, request, ...deps }: Running, { order }: Plan): Bench {
  const { signal, runId, onUpdate, confirm } = request
  const locks = lockWriter(project.root, order)
  return {
    claims: deps.claims,
    looking: lookingAt(project, request),
    locks,
    recorded: recordedContent(project, locks, order),
    stateDir: deps.stateDir,
    processes: deps.processes,
    env: deps.env,
    clock: deps.clock,
    runId,
    commit: request.commit ?? true,
    runCache: request.runCache ?? true,
    allowMissing: request.allowMissing ?? false,
    askEnvironment: environmentReader(),
    pull: request.pull === true ? pullMissing(project, signal) : null,
    onStart: async (start) => {
      if (confirm !== undefined && !(await confirm(start.stage)))
        throw pipelineErrors.PIPELINE_DECLINED({ detail: `stage "${start.stage}"` })
      return onUpdate?.({ kind: 'started', ...start })
    },
  }
}

async function workOn(
  { request: { onUpdate, signal } }: Running,
  bench: Bench,
  { stage, ...going }: Omit<Going, 'measures'> & { readonly stage: Stage },
): Promise<StageResult> {
  const startedAt = performance.now()
  const measures = noMeasures()
  try {
    const result = await bringUpToDate(bench, stage, { ...going, measures })
    await onUpdate?.({ kind: 'finished', result })
    return result
  } catch (error) {
    if (isOfTheStage(error) && signal?.aborted !== true) {
      const durationMs = performance.now() - startedAt
      const failed = { stage: stage.address, error, durationMs, measures }
      await onUpdate?.({ kind: 'failed', ...failed })
    } else await onUpdate?.({ kind: 'stopped', stage: stage.address })
    throw error
  }
}
