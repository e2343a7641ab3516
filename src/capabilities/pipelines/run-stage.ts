import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gitignorePath, hashPath, pathInside } from '../datasets/index.ts'
import type { KnownHashes, Looking } from './current.ts'
import { pipelineErrors } from './errors.ts'
import { type CommandOutcome, runCommand } from './executors/local.ts'
import { fromRoot, overlaps } from './graph.ts'
import type { LockedPath, Stage } from './schema.ts'

export type StageEnvironment = Readonly<Record<string, string | undefined>>

export interface StageRun extends Looking {
  readonly stage: Stage
  readonly stateDir: string
  readonly logFile: string
  readonly env: StageEnvironment
}

/**
 * Runs a stage's commands and stores what they wrote. Outputs are deleted first unless they persist, as DVC does.
 * @throws PIPELINE_STAGE_FAILED, PIPELINE_STAGE_TIMEOUT, PIPELINE_OUT_MISSING
 */
export async function runStage(run: StageRun): Promise<readonly LockedPath[]> {
  const { stage, project, known } = run
  const outs = stage.outs.map((out) => ({ ...out, from: fromRoot(stage, out.path) }))
  for (const { from, persist } of outs) {
    const { absolute } = pathInside(project.root, from)
    if (!persist) rmSync(absolute, { recursive: true, force: true })
    forget(known, from)
  }
  const commands = typeof stage.cmd === 'string' ? stage.cmd.split(/\r?\n/) : stage.cmd
  rmSync(run.logFile, { force: true })
  const deadline = stage.timeoutMs === null ? null : performance.now() + stage.timeoutMs
  for (const command of commands.filter((line) => line !== '')) await runOne(run, command, deadline)
  return saveOutputs(run)
}

function forget(known: KnownHashes, path: string): void {
  for (const key of known.keys()) if (overlaps(key, path)) known.delete(key)
}

async function runOne(run: StageRun, command: string, deadline: number | null): Promise<void> {
  const { stage, project, stateDir, logFile, env, signal } = run
  const cwd = join(project.root, stage.wdir)
  mkdirSync(cwd, { recursive: true })
  const outcome = await runCommand({
    stage: stage.name,
    command,
    cwd,
    env: { ...env, DVC_ROOT: project.root, DVC_STAGE: stage.name, RATCHET_STAGE: stage.name },
    logFile,
    stateDir,
    timeoutMs: deadline === null ? null : Math.max(1, deadline - performance.now()),
    signal,
  })
  refuseFailure(run, command, outcome)
}

function refuseFailure(
  { stage, logFile, signal }: StageRun,
  command: string,
  outcome: CommandOutcome,
) {
  const where = { path: logFile }
  const name = `stage "${stage.name}"`
  switch (outcome.kind) {
    case 'exited':
      if (outcome.code === 0) return
      throw pipelineErrors.PIPELINE_STAGE_FAILED({
        ...where,
        detail: `${name}: "${command}" ended with exit code ${outcome.code}; its log is ${logFile}`,
      })
    case 'killed':
      throw pipelineErrors.PIPELINE_STAGE_FAILED({
        ...where,
        detail: `${name}: "${command}" was ended by ${outcome.signal}; its log is ${logFile}`,
      })
    case 'timed-out':
      throw pipelineErrors.PIPELINE_STAGE_TIMEOUT({
        ...where,
        detail: `${name}: "${command}" was stopped after ${stage.timeoutMs ?? 0} ms; its log is ${logFile}`,
      })
    case 'aborted':
      signal?.throwIfAborted()
      throw new DOMException('The stage was stopped.', 'AbortError')
  }
}

async function saveOutputs({ stage, project, known, logFile, signal }: StageRun) {
  const missing = stage.outs.find(
    ({ path }) => !existsSync(join(project.root, fromRoot(stage, path))),
  )
  if (missing !== undefined)
    throw pipelineErrors.PIPELINE_OUT_MISSING({
      detail: `stage "${stage.name}" did not write ${fromRoot(stage, missing.path)}; its log is ${logFile}`,
      path: `dvc.yaml stages.${stage.name}.${missing.kind}s ${missing.path}`,
    })
  const saved: LockedPath[] = []
  for (const { path, cache } of stage.outs) {
    const from = fromRoot(stage, path)
    const { entries: _, ...hash } = await hashPath(project, from, { store: cache, signal })
    if (cache) await gitignorePath(project, from)
    known.set(from, hash)
    saved.push({ path, ...hash })
  }
  return saved
}
