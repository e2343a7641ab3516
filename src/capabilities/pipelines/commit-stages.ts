import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DataProject, stageMeant } from '../datasets/index.ts'
import { lockedInputs } from './bring-up-to-date.ts'
import { type Looking, lookingAt, readCurrent } from './current.ts'
import { findPipelineFiles } from './declaration/find-pipelines.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { lockFileOf } from './lock-file.ts'
import { type LockWriter, lockWriter } from './lock-writer.ts'
import { planStages } from './plan.ts'
import { isWorthKeeping, saveRunEntry } from './run-cache.ts'
import { saveOutputs } from './run-stage.ts'
import type { Stage } from './schema.ts'

export interface CommittedStage {
  readonly stage: string
  /** Its dvc.lock. */
  readonly file: string
  readonly changed: boolean
}

export interface CommitStagesOptions {
  /** With a stage also those that it depends on. */
  readonly withDeps?: boolean | undefined
  /** Of stages that have one of these, no other output is kept in the cache; dvc.lock records all, as in DVC. */
  readonly outs?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

export interface SplitTargets {
  /** Addresses of the stages that are named, and of those whose outputs are. */
  readonly stages: readonly string[]
  /** Outputs that are named where their stage is not, from the root. */
  readonly outs: readonly string[]
  readonly others: readonly string[]
}

/** Targets that name stages, or outputs of stages, and the others. */
export function splitTargets(root: string, targets: readonly string[]): SplitTargets {
  const known = [...stagesOf(root).values()]
  const meant = targets.map((target) => {
    const maker = known.find((stage) =>
      stage.outs.some(({ path }) => fromRoot(stage, path) === target),
    )
    if (maker !== undefined) return { target, isOut: true, stages: [maker.address] }
    const stage = stageMeant(target)
    const named = known.filter(
      ({ name, file, group }) =>
        file === target || [name, group].some((one) => `${file}:${one}` === stage),
    )
    return { target, isOut: false, stages: named.map(({ address }) => address) }
  })
  const whole = new Set(meant.flatMap(({ isOut, stages }) => (isOut ? [] : stages)))
  const isAlone = (stages: readonly string[]): boolean => !stages.some((one) => whole.has(one))
  return {
    stages: meant.flatMap(({ stages }) => stages),
    outs: meant.filter(({ isOut, stages }) => isOut && isAlone(stages)).map(({ target }) => target),
    others: meant.filter(({ stages }) => stages.length === 0).map(({ target }) => target),
  }
}

/**
 * Records stages as if they had run: inputs, parameters and outputs as they are now, outputs in the cache, as
 * `dvc commit --force` does. Without targets, those stages of which all is there.
 * @throws PIPELINE_STAGE_UNKNOWN, PIPELINE_DEP_MISSING, PIPELINE_OUT_MISSING
 */
export async function commitStages(
  project: DataProject,
  targets: readonly string[] | null,
  { signal, withDeps = false, outs = [] }: CommitStagesOptions = {},
): Promise<readonly CommittedStage[]> {
  const stages = stagesOf(project.root)
  if (stages.size === 0) return []
  const { order } = planStages(stages, { targets: [], allPipelines: true })
  const named = targets === null ? null : planStages(stages, { targets, single: !withDeps }).order
  const chosen = named === null ? null : new Set(named.map(({ address }) => address))
  const locks = lockWriter(project.root, order)
  const looking = lookingAt(project, { signal })
  const saving: Promise<CommittedStage>[] = []
  try {
    for (const stage of order)
      if (chosen?.has(stage.address) ?? isComplete(project, stage))
        saving.push((await commitStage({ looking, locks, outs }, stage)).saved)
  } finally {
    await Promise.allSettled(saving)
  }
  return Promise.all(saving)
}

// Data is committed also where there are no pipelines.
function stagesOf(root: string): ReadonlyMap<string, Stage> {
  return findPipelineFiles(root).length === 0 ? new Map() : readPipeline(root)
}

function isComplete({ root }: DataProject, stage: Stage): boolean {
  const paths = [...stage.outs.map(({ path }) => path), ...stage.deps]
  return paths.every(
    (path) => path.includes('://') || existsSync(join(root, fromRoot(stage, path))),
  )
}

interface Committing {
  readonly looking: Looking
  readonly locks: LockWriter
  readonly outs: readonly string[]
}

// The next stage is looked at while dvc.lock is brought to the disk.
async function commitStage(
  { looking, locks, outs: named }: Committing,
  stage: Stage,
): Promise<{ readonly saved: Promise<CommittedStage> }> {
  const datasets = locks.datasets(stage.file)
  const locked = locks.find(stage)
  const current = await readCurrent(looking, stage, { locked, forced: true, datasets })
  const own = stage.outs.map(({ path }) => fromRoot(stage, path))
  const only = own.some((path) => named.includes(path)) ? new Set(named) : undefined
  const outs = await saveOutputs({ ...looking, stage, locked, logFile: null, commit: true, only })
  const lock = { ...lockedInputs(stage, current), outs }
  if (isWorthKeeping(stage)) saveRunEntry(looking.project, lock)
  const saved = locks.save(stage, lock).then((changed) => {
    return { stage: stage.address, file: lockFileOf(stage.file), changed }
  })
  saved.catch(() => {})
  return { saved }
}
