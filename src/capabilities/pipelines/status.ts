import { RatchetError } from '../../base/errors.ts'
import { makeStateFolder, openDataProject, type PathHash } from '../datasets/index.ts'
import { type Looking, lookingAt, readCurrent } from './current.ts'
import { changedSources, type DataSource, sourcesOf } from './data-sources.ts'
import { type Decision, decideStage } from './decide.ts'
import { loadPlan } from './load-plan.ts'
import { type LockWriter, lockWriter } from './lock-writer.ts'
import type { Selection } from './plan.ts'
import { recordedContent } from './recorded-content.ts'
import type { ReproDeps } from './runner.ts'
import type { Reason, Stage } from './schema.ts'

export interface StageStatus {
  readonly stage: string
  readonly action: Decision['action'] | 'blocked'
  readonly reasons: readonly Reason[]
  /** Stages before it that would run: then this one is looked at again. */
  readonly after: readonly string[]
  /** Why it cannot be said, such as a dependency that does not exist yet. */
  readonly error: RatchetError | null
}

export interface StatusRequest extends Omit<Selection, 'targets'> {
  readonly targets?: readonly string[]
  readonly force?: boolean | undefined
  readonly allowMissing?: boolean | undefined
}

/** What `repro` would do with each stage as things are now; nothing is run or written. */
export async function pipelineStatus(
  deps: Pick<ReproDeps, 'root' | 'stateDir'>,
  request: StatusRequest = {},
): Promise<readonly StageStatus[]> {
  const targets = request.targets ?? []
  const plan = loadPlan(deps.root, { ...request, targets })
  makeStateFolder(deps.stateDir)
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  const looking = lookingAt(project)
  try {
    const locks = lockWriter(project.root, plan.order)
    const recorded = recordedContent(project, locks, plan.order)
    const view: View = { looking, locks, recorded, request }
    const statuses = new Map<string, StageStatus>()
    for (const stage of plan.order) {
      const upstream = plan.upstream.get(stage.address) ?? []
      const after = upstream.filter((address) => changes(statuses.get(address)))
      statuses.set(stage.address, await statusOf(view, stage, after))
    }
    return [...statuses.values()]
  } finally {
    project.close()
  }
}

/** Data under `.dvc` files that `repro` would version again first. */
export async function sourcesToVersion(
  deps: Pick<ReproDeps, 'root' | 'stateDir'>,
  selection: Selection,
): Promise<readonly DataSource[]> {
  const plan = loadPlan(deps.root, selection)
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  try {
    const files = sourcesOf(project, plan, selection)
    return await changedSources(lookingAt(project), files)
  } finally {
    project.close()
  }
}

function changes(status: StageStatus | undefined): boolean {
  return status !== undefined && (status.action !== 'skip' || status.after.length > 0)
}

interface View {
  readonly looking: Looking
  readonly locks: LockWriter
  readonly recorded: (path: string) => PathHash | null
  readonly request: StatusRequest
}

async function statusOf(
  { looking, locks, recorded, request }: View,
  stage: Stage,
  after: readonly string[],
): Promise<StageStatus> {
  try {
    const locked = locks.find(stage)
    const datasets = locks.datasets(stage.file)
    const { force: forced = false, allowMissing = false } = request
    const options = { locked, forced, allowMissing, recorded, datasets }
    const current = await readCurrent(looking, stage, options)
    const { action, reasons } = decideStage(stage, locked, current)
    return { stage: stage.address, action, reasons, after, error: null }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { stage: stage.address, action: 'blocked', reasons: [], after, error }
  }
}
