import { RatchetError } from '../../base/errors.ts'
import type { Clock } from '../../base/time.ts'
import { checkoutPath, openDataProject, type DataProject } from '../datasets/index.ts'
import { type KnownHashes, type Looking, readCurrent } from './current.ts'
import { commandText, decideStage, type Decision } from './decide.ts'
import { readPipeline } from './dvc-yaml.ts'
import { stageLog } from './executors/local.ts'
import { fromRoot, planOrder } from './graph.ts'
import { lockStage, readLockFile } from './lock-file.ts'
import { runStage, type StageEnvironment } from './run-stage.ts'
import { acquireRunLock } from './run-lock.ts'
import type { LockedStage, Reason, Stage, StageResult } from './schema.ts'
import { endOrphans } from './stage-process.ts'
import { describeStage } from './stage-result.ts'

export interface ReproDeps {
  readonly root: string
  readonly stateDir: string
  /** The environment that commands get. */
  readonly env: StageEnvironment
  readonly clock: Clock
}

export type StageUpdate =
  | {
      readonly kind: 'started'
      readonly stage: string
      readonly command: string
      readonly reasons: readonly Reason[]
      readonly logPath: string
      readonly startedAt: number
    }
  | { readonly kind: 'finished'; readonly result: StageResult }
  | {
      readonly kind: 'failed'
      readonly stage: string
      readonly error: RatchetError
      readonly durationMs: number
    }

export interface ReproRequest {
  /** Names the folder of the logs. */
  readonly runId: string
  /** Stages to bring up to date, with those they depend on; all when none is named. */
  readonly targets: readonly string[]
  readonly force?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Hashes that the caller has just found. */
  readonly known?: KnownHashes | undefined
  readonly onUpdate?: ((update: StageUpdate) => Promise<void>) | undefined
}

export interface ReproResult {
  readonly status: 'succeeded' | 'failed'
  readonly stages: readonly StageResult[]
  /** Of the stage that failed. What ran before it is kept. */
  readonly error: RatchetError | null
}

/**
 * Runs what changed, and only that, in order; dvc.lock is written after each stage. A stage that fails is a
 * result; a stop through the signal, a broken dvc.yaml or a full disk are thrown.
 * @throws PIPELINE_BUSY, PIPELINE_FILE_INVALID and its kin, the signal's reason
 */
export async function repro(deps: ReproDeps, request: ReproRequest): Promise<ReproResult> {
  const order = planOrder(readPipeline(deps.root), request.targets)
  const release = acquireRunLock(deps.stateDir)
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  try {
    await endOrphans(deps.stateDir)
    return await runAll({ ...deps, project, request }, order)
  } finally {
    project.close()
    release()
  }
}

interface Running extends ReproDeps {
  readonly project: DataProject
  readonly request: ReproRequest
}

async function runAll(running: Running, order: readonly Stage[]): Promise<ReproResult> {
  const { project, request } = running
  const { signal } = request
  const looking: Looking = { project, known: request.known ?? new Map(), signal }
  const locks = new Map(readLockFile(project.root).stages)
  const stages: StageResult[] = []
  for (const stage of order) {
    signal?.throwIfAborted()
    const startedAt = performance.now()
    try {
      const result = await bringUpToDate(running, {
        stage,
        looking,
        locked: locks.get(stage.name) ?? null,
      })
      stages.push(result)
      await request.onUpdate?.({ kind: 'finished', result })
    } catch (error) {
      // A full disk is no fault of the stage: it is thrown, and may pass.
      const ours = error instanceof RatchetError && error.status < 500
      if (!ours || signal?.aborted === true) throw error
      const durationMs = performance.now() - startedAt
      await request.onUpdate?.({ kind: 'failed', stage: stage.name, error, durationMs })
      return { status: 'failed', stages, error }
    }
  }
  return { status: 'succeeded', stages, error: null }
}

interface OneStage {
  readonly stage: Stage
  readonly looking: Looking
  readonly locked: LockedStage | null
}

async function bringUpToDate(running: Running, one: OneStage): Promise<StageResult> {
  const { stage, looking, locked } = one
  const { clock, request, stateDir } = running
  const forced = request.force ?? false
  const current = await readCurrent(looking, stage, { locked, forced })
  const decision = decideStage(stage, locked, current)
  const began = { startedAt: clock.now(), at: performance.now() }
  const describe = (lock: LockedStage, logPath: string | null) =>
    describeStage(stage, { decision, lock, logPath, ...began })
  switch (decision.action) {
    case 'skip':
      return describe(locked ?? emptyLock(stage), null)
    case 'restore':
      await restoreOutputs(one, decision)
      return describe(locked ?? emptyLock(stage), null)
    case 'run': {
      const logFile = stageLog(stateDir, request.runId, stage.name)
      await announceStart(running, one, { decision, logFile, startedAt: began.startedAt })
      const env = { ...running.env, RATCHET_RUN_ID: request.runId }
      const outs = await runStage({ ...looking, stage, stateDir, logFile, env })
      // Inputs as they were before the run: had one changed meanwhile, the next repro must see it.
      const deps = [...current.deps].map(([path, hash]) => ({ ...hash, path }))
      const lock: LockedStage = { cmd: stage.cmd, deps, params: current.params, outs }
      lockStage(running.root, stage.name, lock)
      return describe(lock, logFile)
    }
  }
}

function emptyLock({ cmd }: Stage): LockedStage {
  return { cmd, deps: [], params: new Map(), outs: [] }
}

async function announceStart(
  { request }: Running,
  { stage }: OneStage,
  about: { decision: Decision; logFile: string; startedAt: number },
): Promise<void> {
  const { decision, logFile: logPath, startedAt } = about
  const command = commandText(stage.cmd)
  const { reasons } = decision
  await request.onUpdate?.({
    kind: 'started',
    stage: stage.name,
    command,
    reasons,
    logPath,
    startedAt,
  })
}

// What a hand changed in an output is given up, as it would be if the stage ran.
async function restoreOutputs(
  { stage, looking, locked }: OneStage,
  decision: Decision,
): Promise<void> {
  for (const { subject } of decision.reasons) {
    const hash = locked?.outs.find(({ path }) => path === subject)
    if (hash === undefined) continue
    const path = fromRoot(stage, subject)
    await checkoutPath(looking.project, { path, hash, force: true })
    looking.known.set(path, hash)
  }
}
