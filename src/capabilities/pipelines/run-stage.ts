import { appendFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import { hashPath, pathInside, reach } from '../datasets/index.ts'
import { hashLikeLocked, lockedAt, type Looking } from './current.ts'
import { placeOfStage } from './declaration/place.ts'
import { pipelineErrors } from './errors.ts'
import { exitCodeText, signalText } from './exit-code.ts'
import { type CommandOutcome, runCommand } from './executors/local.ts'
import { fromRoot } from './graph.ts'
import type { Measures } from './measures.ts'
import { isWorthKeeping } from './run-cache.ts'
import type { LockedPath, LockedStage, Stage } from './schema.ts'
import type { StageProcesses } from './stage-process.ts'
import { isCachedWhole } from './whole-objects.ts'

export type StageEnvironment = Readonly<Record<string, string | undefined>>

export interface StageRun extends Saving {
  readonly processes: StageProcesses
  readonly logFile: string
  readonly env: StageEnvironment
  /** Told of each command as it ends. */
  readonly measures: Measures
}

/**
 * Runs a stage's commands and stores what they wrote. Outputs are deleted first unless they persist, as DVC does.
 * @throws PIPELINE_STAGE_FAILED, PIPELINE_STAGE_TIMEOUT, PIPELINE_OUT_MISSING
 */
export async function runStage(run: StageRun): Promise<readonly LockedPath[]> {
  const { stage, project, known } = run
  const outs = stage.outs.map((out) => ({ ...out, from: fromRoot(stage, out.path) }))
  const service = outs.find(({ from }) => from.includes(':/'))
  if (service !== undefined)
    throw pipelineErrors.PIPELINE_UNSUPPORTED({
      detail: `${service.path} of stage "${stage.address}" is written to a service directly`,
      path: placeOfStage(project.root, stage, [`${service.kind}s`]),
      next: 'Let the stage write a file of the project, and send that with another one, or run it with `dvc repro`.',
    })
  for (const { from, persist } of outs) {
    const { absolute } = pathInside(project.root, from)
    if (!persist) rmSync(absolute, { recursive: true, force: true })
    known.forget(from)
    reach('repro: output deleted')
  }
  const commands = typeof stage.cmd === 'string' ? stage.cmd.split(/\r?\n/) : stage.cmd
  rmSync(run.logFile, { force: true })
  await tryCommands(
    run,
    commands.filter((line) => line.trim() !== ''),
  )
  return saveOutputs(run)
}

/** Runs the commands of a stage, all again as often as `meta.ratchet.retries` allows. */
async function tryCommands(run: StageRun, commands: readonly string[]): Promise<void> {
  const { hints } = run.stage
  for (let attempt = 0; ; attempt++) {
    const deadline = hints.timeoutMs === null ? null : performance.now() + hints.timeoutMs
    try {
      for (const command of commands) await runOne(run, command, deadline)
      return
    } catch (error) {
      if (attempt >= hints.retries || run.signal?.aborted === true || !isRetried(error)) throw error
      appendFileSync(run.logFile, `# attempt ${attempt + 1} of ${hints.retries + 1} failed\n`)
    }
  }
}

function isRetried(error: unknown): boolean {
  return (
    error instanceof RatchetError &&
    (error.code === 'PIPELINE_STAGE_FAILED' || error.code === 'PIPELINE_STAGE_TIMEOUT')
  )
}

async function runOne(run: StageRun, command: string, deadline: number | null): Promise<void> {
  const { stage, project, processes, logFile, env, signal, measures } = run
  const cwd = join(project.root, stage.wdir)
  makeFolder(cwd, run)
  const outcome = await runCommand({
    stage: stage.address,
    command,
    cwd,
    env,
    logFile,
    processes,
    timeoutMs: deadline === null ? null : Math.max(1, deadline - performance.now()),
    signal,
    onPeakMemory: (bytes) => {
      measures.peakMemory = Math.max(measures.peakMemory ?? 0, bytes)
    },
  })
  reach('repro: command ended')
  measures.exitCode = outcome.kind === 'exited' ? outcome.code : null
  refuseFailure(run, command, outcome)
}

function makeFolder(folder: string, { stage, project }: StageRun): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) mkdirSync(folder, { recursive: true })
  else if (!found.isDirectory())
    throw pipelineErrors.PIPELINE_FOLDER_MISSING({
      detail: `${stage.wdir} of stage "${stage.address}" is a file`,
      path: placeOfStage(project.root, stage, ['wdir']),
    })
}

function refuseFailure(
  { stage, project, logFile, signal }: StageRun,
  command: string,
  outcome: CommandOutcome,
) {
  if (outcome.kind === 'exited' && outcome.code === 0) return
  const where = { path: logFile }
  const name = `${placeOfStage(project.root, stage, ['cmd'])}: stage "${stage.address}"`
  switch (outcome.kind) {
    case 'exited':
      throw pipelineErrors.PIPELINE_STAGE_FAILED({
        ...where,
        detail: `${name}: "${command}" ended with exit code ${exitCodeText(outcome.code)}; its log is ${logFile}`,
      })
    case 'killed':
      throw pipelineErrors.PIPELINE_STAGE_FAILED({
        ...where,
        detail: `${name}: "${command}" was ended by ${signalText(outcome.signal)}; its log is ${logFile}`,
      })
    case 'timed-out':
      throw pipelineErrors.PIPELINE_STAGE_TIMEOUT({
        ...where,
        detail: `${name}: "${command}" was stopped after ${stage.hints.timeoutMs ?? 0} ms; its log is ${logFile}`,
      })
    case 'aborted':
      signal?.throwIfAborted()
      throw new DOMException('The stage was stopped.', 'AbortError')
  }
}

export interface Saving extends Looking {
  readonly stage: Stage
  readonly logFile: string | null
  /** Keeps the outputs in the cache. */
  readonly commit: boolean
  /** Of what the cache keeps only these, from the root; all unless given. */
  readonly only?: ReadonlySet<string> | undefined
  /** What dvc.lock said before. */
  readonly locked: LockedStage | null
}

/** Hashes what a stage wrote, and keeps it. @throws PIPELINE_OUT_MISSING */
export async function saveOutputs(saving: Saving): Promise<readonly LockedPath[]> {
  const { stage, project, known, signal, commit, only } = saving
  refuseMissing(saving)
  // A run that is kept must be restorable, with the metrics that Git holds.
  const keepAll = isWorthKeeping(stage)
  const saved: LockedPath[] = []
  for (const { path, cache } of stage.outs) {
    const from = fromRoot(stage, path)
    const store = commit && (cache ? (only?.has(from) ?? true) : keepAll)
    const before = await unchangedLegacy(saving, { from, path, store })
    if (before !== null) {
      saved.push(before)
      continue
    }
    const { entries: _, ...hash } = await hashPath(project, from, { store, signal })
    known.set(from, hash)
    saved.push(withKnownVersion(lockedAt(saving.locked?.outs, path), { path, ...hash }))
    reach('repro: output kept')
  }
  return saved
}

// As DVC: a file that came out the same is still the version that was pushed. A folder is listed again by the next push.
function withKnownVersion(before: LockedPath | null, now: LockedPath): LockedPath {
  return before?.cloud !== undefined && before.md5 === now.md5 ? before : now
}

// What DVC 2 recorded and the stage wrote again stays as DVC 2 named it, in the cache too. A folder that is not there
// yet cannot be stored so.
async function unchangedLegacy(
  saving: Saving,
  { from, path, store }: { readonly from: string; readonly path: string; readonly store: boolean },
): Promise<LockedPath | null> {
  const before = lockedAt(saving.locked?.outs, path)
  if (before?.legacy !== true) return null
  const isKept = !store || isCachedWhole(saving.project, before)
  if (!isKept && before.md5.endsWith('.dir')) return null
  const now = await hashLikeLocked(saving, from, before)
  if (now?.legacy !== true) return null
  if (!isKept) await hashPath(saving.project, from, { store, legacy: true, signal: saving.signal })
  return { path, ...now }
}

/** @throws PIPELINE_OUT_MISSING */
export function refuseMissing({ stage, project, logFile }: Saving): void {
  const missing = stage.outs.find(
    ({ path }) => !existsSync(join(project.root, fromRoot(stage, path))),
  )
  if (missing === undefined) return
  const listed = stage.outs.filter(({ kind }) => kind === missing.kind)
  const log = logFile === null ? '' : `; its log is ${logFile}`
  throw pipelineErrors.PIPELINE_OUT_MISSING({
    detail: `stage "${stage.address}" did not write ${fromRoot(stage, missing.path)}${log}`,
    path: placeOfStage(project.root, stage, [`${missing.kind}s`, listed.indexOf(missing)]),
  })
}
