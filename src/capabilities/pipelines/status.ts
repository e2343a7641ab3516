import { RatchetError } from '../../base/errors.ts'
import { openDataProject } from '../datasets/index.ts'
import { type Looking, readCurrent } from './current.ts'
import { type Decision, decideStage } from './decide.ts'
import { readPipeline } from './dvc-yaml.ts'
import { planOrder } from './graph.ts'
import { readLockFile } from './lock-file.ts'
import type { ReproDeps } from './runner.ts'
import type { LockedStage, Reason, Stage } from './schema.ts'

export interface StageStatus {
  readonly stage: string
  readonly action: Decision['action'] | 'blocked'
  readonly reasons: readonly Reason[]
  /** Why it cannot be said, such as a dependency that does not exist yet. */
  readonly error: RatchetError | null
}

/** What `repro` would do with each stage as things are now; nothing is run or written. */
export async function pipelineStatus(
  deps: Pick<ReproDeps, 'root' | 'stateDir'>,
  targets: readonly string[] = [],
): Promise<readonly StageStatus[]> {
  const order = planOrder(readPipeline(deps.root), targets)
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  const looking: Looking = { project, known: new Map() }
  try {
    const locks = readLockFile(project.root).stages
    const statuses: StageStatus[] = []
    for (const stage of order) statuses.push(await statusOf(looking, stage, locks.get(stage.name)))
    return statuses
  } finally {
    project.close()
  }
}

async function statusOf(
  looking: Looking,
  stage: Stage,
  locked: LockedStage | undefined,
): Promise<StageStatus> {
  try {
    const lock = locked ?? null
    const current = await readCurrent(looking, stage, { locked: lock, forced: false })
    const { action, reasons } = decideStage(stage, lock, current)
    return { stage: stage.name, action, reasons, error: null }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { stage: stage.name, action: 'blocked', reasons: [], error }
  }
}
