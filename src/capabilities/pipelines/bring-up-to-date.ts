import type { Clock } from '../../base/time.ts'
import { checkoutPath, type PathHash, reach } from '../datasets/index.ts'
import type { RunClaims } from './claims.ts'
import { type CurrentInputs, lockedAt, type Looking, readCurrent } from './current.ts'
import { commandText, decideStage, type Decision } from './decide.ts'
import type { AskEnvironment, RunEnvironment } from './environment.ts'
import { stageLog } from './executors/local.ts'
import { fromRoot } from './graph.ts'
import type { LockWriter } from './lock-writer.ts'
import type { Measures } from './measures.ts'
import type { PullMissing } from './pull-missing.ts'
import { findRunEntry, isCacheable, isWorthKeeping, saveRunEntry } from './run-cache.ts'
import { refuseMissing, runStage, saveOutputs, type StageEnvironment } from './run-stage.ts'
import type { LockedPath, LockedStage, Reason, Stage, StageResult } from './schema.ts'
import type { StageProcesses } from './stage-process.ts'
import { describeStage } from './stage-result.ts'
import { isCachedWhole } from './whole-objects.ts'

export interface StageStart {
  readonly stage: string
  readonly command: string
  readonly reasons: readonly Reason[]
  readonly logPath: string
  readonly startedAt: number
}

/** What a run of stages has at hand, and how it was asked to go about it. */
export interface Bench {
  readonly looking: Looking
  readonly locks: LockWriter
  readonly claims: RunClaims
  readonly stateDir: string
  readonly processes: StageProcesses
  readonly env: StageEnvironment
  readonly clock: Clock
  readonly runId: string
  /** Outputs are stored in the cache; otherwise only dvc.lock is written. */
  readonly commit: boolean
  readonly runCache: boolean
  readonly allowMissing: boolean
  /** What the records say of paths that are missing. */
  readonly recorded: (path: string) => PathHash | null
  readonly askEnvironment: AskEnvironment
  /** Null unless data that is missing may be brought from the remote. */
  readonly pull: PullMissing | null
  readonly onStart: (start: StageStart) => Promise<StageEnvironment | void>
}

export interface Going {
  readonly forced: boolean
  readonly measures: Measures
  /** Told when what the command wrote is in the cache: only the records are left to be written. */
  readonly onOutputs: () => void
}

/** Brings one stage up to date by the least that does: nothing, what an earlier run wrote, or the command. */
export async function bringUpToDate(
  bench: Bench,
  stage: Stage,
  going: Going,
): Promise<StageResult> {
  const { forced, measures, onOutputs } = going
  const { looking, locks, clock, allowMissing } = bench
  const startedAt = clock.now()
  const since = performance.now()
  const locked = locks.find(stage)
  const datasets = locks.datasets(stage.file)
  // Data that may be missing is brought only for a stage that runs.
  const mayLack = allowMissing && stage.deps.every((dep) => lockedAt(locked?.deps, dep) !== null)
  if (!mayLack) await bench.pull?.deps(stage)
  const { recorded } = bench
  const options = { locked, forced, allowMissing, recorded, datasets }
  const current = await readCurrent(looking, stage, options)
  const decision = decideStage(stage, locked, current)
  const facts = { reasons: decision.reasons, measures, startedAt, since }
  const describe = (action: 'skipped' | 'restored', lock: LockedStage): StageResult =>
    describeStage(stage, { ...facts, action, lock, logPath: null, until: performance.now() })
  if (decision.action === 'skip') return describe('skipped', locked ?? emptyLock(stage))
  if (mayLack && (await bench.pull?.deps(stage)) === true) return bringUpToDate(bench, stage, going)
  const onlyOuts = decision.reasons.every(({ kind, to }) => kind === 'out' && to === null)
  if (decision.action === 'run' && onlyOuts && (await bench.pull?.outs(stage, locked?.outs ?? [])))
    return bringUpToDate(bench, stage, going)
  if (await bench.claims.ensure()) {
    // Another command was at work on this until now: look again at all that it may have changed.
    looking.known.clear()
    locks.refresh()
    return bringUpToDate(bench, stage, going)
  }
  if (bench.pull !== null && onlyOuts && (await bringBack(bench, stage, { decision, locked })))
    return describe('restored', locked ?? emptyLock(stage))
  const inputs = lockedInputs(stage, current)
  const earlier = forced ? null : await earlierRun(bench, stage, { decision, locked, inputs })
  if (earlier !== null) {
    await restoreOutputs(bench, stage, earlier.restore)
    return describe('restored', await keep(bench, stage, { ...inputs, outs: earlier.outs }))
  }
  // What is frozen is never run: its outputs are taken as they are.
  if (stage.frozen) {
    const saving = { ...looking, stage, locked, logFile: null, commit: bench.commit }
    refuseMissing(saving)
    await readCurrent(looking, stage, { locked, forced: true, datasets })
    const outs = await saveOutputs(saving)
    return describe('restored', await keep(bench, stage, { ...inputs, outs }))
  }
  const logPath = stageLog(bench.stateDir, bench.runId, stage.address)
  const running = { decision, locked, logFile: logPath, startedAt, measures }
  const { outs, environment } = await run(bench, stage, running)
  const until = performance.now()
  await goOn(bench, onOutputs)
  const lock = await keep(bench, stage, { ...inputs, outs })
  measures.environment = await environment()
  return describeStage(stage, { ...facts, action: 'ran', lock, logPath, until })
}

// Starts what comes next, to which what is left is beside: a command of DVC in it finds the lock taken until dvc.lock
// says what was done.
async function goOn({ claims }: Bench, onOutputs: () => void): Promise<void> {
  await claims.hold()
  onOutputs()
  await new Promise(setImmediate)
}

function emptyLock({ cmd }: Stage): LockedStage {
  return { cmd, deps: [], params: new Map(), outs: [] }
}

/** Inputs as they were before the run: had one changed meanwhile, the next repro must see it. */
export function lockedInputs(stage: Stage, { deps, params }: CurrentInputs): LockedStage {
  const outs = stage.outs.map(({ path }) => ({ path, md5: '', size: 0 }))
  return { cmd: stage.cmd, deps: [...deps.values()], params, outs }
}

interface Choice {
  readonly decision: Decision
  readonly locked: LockedStage | null
  readonly inputs: LockedStage
}

interface EarlierRun {
  readonly outs: readonly LockedPath[]
  /** Those that are not there as they were. */
  readonly restore: readonly LockedPath[]
}

/** A run with the same inputs whose outputs can be had again: that of dvc.lock, or one of the run cache. */
async function earlierRun(
  { looking: { project }, runCache, pull }: Bench,
  stage: Stage,
  { decision, locked, inputs }: Choice,
): Promise<EarlierRun | null> {
  if (!isCacheable(stage) || stage.frozen) return null
  if (decision.action === 'restore' && locked !== null) {
    const subjects = new Set(decision.reasons.map(({ subject }) => subject))
    return { outs: locked.outs, restore: locked.outs.filter(({ path }) => subjects.has(path)) }
  }
  const found = runCache ? findRunEntry(project, inputs) : null
  if (found === null) return null
  await pull?.outs(stage, found.outs)
  if (!found.outs.every((out) => isCachedWhole(project, out))) return null
  return { outs: found.outs, restore: found.outs }
}

// With --pull a stage does not run for outputs that can be had, also such as are never taken from an earlier run.
async function bringBack(
  bench: Bench,
  stage: Stage,
  { decision, locked }: Pick<Choice, 'decision' | 'locked'>,
): Promise<boolean> {
  const { project } = bench.looking
  if (locked?.outs.every((out) => isCachedWhole(project, out)) !== true) return false
  const missing = new Set(decision.reasons.map(({ subject }) => subject))
  const outs = locked.outs.filter(({ path }) => missing.has(path))
  await restoreOutputs(bench, stage, outs)
  return true
}

// What a hand changed in an output is given up, as it would be if the stage ran.
async function restoreOutputs(
  { looking }: Bench,
  stage: Stage,
  outs: readonly LockedPath[],
): Promise<void> {
  for (const out of outs) {
    const path = fromRoot(stage, out.path)
    await checkoutPath(looking.project, { path, hash: out, force: true })
    // Stages after it may have recorded it with the other kind of hash.
    if (out.legacy === true) looking.known.forget(path)
    else looking.known.set(path, out)
    reach('repro: output restored')
  }
}

interface Ran {
  readonly outs: readonly LockedPath[]
  readonly environment: () => Promise<RunEnvironment>
}

interface RunFacts {
  readonly decision: Decision
  readonly locked: LockedStage | null
  readonly logFile: string
  readonly startedAt: number
  readonly measures: Measures
}

async function run(
  { looking, processes, env: base, runId, commit, onStart, askEnvironment }: Bench,
  stage: Stage,
  { decision, locked, logFile, startedAt, measures }: RunFacts,
): Promise<Ran> {
  const command = commandText(stage.cmd)
  const { reasons } = decision
  const { address } = stage
  const dvcVariables = { DVC_ROOT: looking.project.root, DVC_STAGE: address }
  const extra = await onStart({ stage: address, command, reasons, logPath: logFile, startedAt })
  reach('repro: start told')
  const given = { RATCHET_RUN_ID: runId, RATCHET_STAGE: address, ...dvcVariables, ...extra }
  const env = { ...base, ...given }
  // Asked for beside the command, so that it costs no time.
  const { packages: withPackages } = stage.hints
  const environment = askEnvironment({ env, own: given, withPackages })
  try {
    const own = { stage, locked, processes, logFile, env, commit, measures }
    return { outs: await runStage({ ...looking, ...own }), environment }
  } catch (error) {
    measures.environment = await environment()
    throw error
  }
}

async function keep(
  { looking, locks, claims, commit }: Bench,
  stage: Stage,
  lock: LockedStage,
): Promise<LockedStage> {
  if (commit && isWorthKeeping(stage)) saveRunEntry(looking.project, lock)
  reach('repro: run kept')
  await claims.exclusively(() => locks.save(stage, lock))
  return lock
}
