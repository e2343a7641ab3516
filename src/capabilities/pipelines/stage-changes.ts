import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  isCached,
  makeStateFolder,
  openDataProject,
  pathInside,
  type YamlMap,
} from '../datasets/index.ts'
import { hashLikeLocked, lockedAt, type Looking, lookingAt } from './current.ts'
import { sameValue, valueText } from './decide.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { lockWriter } from './lock-writer.ts'
import { valueAt } from './params.ts'
import { planStages } from './plan.ts'
import type { LockedStage, Stage, StageParams } from './schema.ts'
import type { StatusRequest } from './status.ts'

/** In DVC's words. */
export type EntryState = 'new' | 'modified' | 'deleted' | 'not in cache' | 'not in sync'

/** How one entry differs. */
export interface EntryChange {
  readonly state: EntryState
  /** Of what was modified: as dvc.lock has it, a hash or a value. */
  readonly from?: string
  /** As it is now. */
  readonly to?: string
}

/** How a stage differs from what dvc.lock says of it, entry by entry; what a frozen one depends on is left out. */
export interface StageChanges {
  readonly stage: string
  /** Paths from the root. */
  readonly deps: ReadonlyMap<string, EntryChange>
  /** Files from the root: the state of each key, or of the file itself. */
  readonly params: ReadonlyMap<string, EntryChange | ReadonlyMap<string, EntryChange>>
  readonly outs: ReadonlyMap<string, EntryChange>
  readonly alwaysChanged: boolean
  readonly command: boolean
}

/** What `dvc status` tells of stages. Unlike `pipelineStatus` it looks at each for itself, and nothing that is missing stops it. */
export async function pipelineChanges(
  { root, stateDir }: { readonly root: string; readonly stateDir: string },
  request: StatusRequest = {},
): Promise<readonly StageChanges[]> {
  const plan = planStages(readPipeline(root), { ...request, targets: request.targets ?? [] })
  makeStateFolder(stateDir)
  const project = openDataProject(root, { stateDir })
  try {
    const locks = lockWriter(root, plan.order)
    const looking = lookingAt(project)
    const found: StageChanges[] = []
    for (const stage of plan.order)
      found.push(
        await changesOf(looking, stage, {
          locked: locks.find(stage),
          datasets: locks.datasets(stage.file),
        }),
      )
    return found.filter(hasChanges)
  } finally {
    project.close()
  }
}

function hasChanges({ deps, params, outs, alwaysChanged, command }: StageChanges): boolean {
  return deps.size + params.size + outs.size > 0 || alwaysChanged || command
}

interface Recorded {
  readonly locked: LockedStage | null
  readonly datasets: readonly YamlMap[]
}

async function changesOf(
  looking: Looking,
  stage: Stage,
  recorded: Recorded,
): Promise<StageChanges> {
  const { locked } = recorded
  const { frozen, alwaysChanged } = stage
  return {
    stage: stage.address,
    deps: frozen ? new Map() : await depStates(looking, stage, recorded),
    params: frozen ? new Map() : paramStates(looking, stage, locked),
    outs: await outStates(looking, stage, locked),
    alwaysChanged,
    command: locked !== null && JSON.stringify(stage.cmd) !== JSON.stringify(locked.cmd),
  }
}

async function depStates(
  looking: Looking,
  stage: Stage,
  { locked, datasets }: Recorded,
): Promise<ReadonlyMap<string, EntryChange>> {
  const states = new Map<string, EntryChange>()
  for (const path of stage.deps) {
    const state = path.startsWith('ds://')
      ? datasetState(datasets, path, locked)
      : await contentState(looking, fromRoot(stage, path), lockedAt(locked?.deps, path))
    if (state !== null) states.set(path.startsWith('ds://') ? path : fromRoot(stage, path), state)
  }
  return states
}

function datasetState(
  datasets: readonly YamlMap[],
  path: string,
  locked: LockedStage | null,
): EntryChange | null {
  const now = datasets.find((entry) => entry.get('name') === path.slice('ds://'.length))
  if (now === undefined) return { state: 'not in sync' }
  const before = lockedAt(locked?.deps, path)?.dataset
  if (before === undefined) return { state: 'new' }
  return sameValue(before, now) ? null : { state: 'modified' }
}

async function outStates(
  looking: Looking,
  stage: Stage,
  locked: LockedStage | null,
): Promise<ReadonlyMap<string, EntryChange>> {
  const states = new Map<string, EntryChange>()
  for (const { path, cache } of stage.outs) {
    const before = lockedAt(locked?.outs, path)
    const isLost =
      cache && before !== null && !isCached(looking.project, before.md5, undefined, before.legacy)
    const state: EntryChange | null = isLost
      ? { state: 'not in cache' }
      : await contentState(looking, fromRoot(stage, path), before)
    if (state !== null) states.set(fromRoot(stage, path), state)
  }
  return states
}

async function contentState(
  looking: Looking,
  relative: string,
  before: ReturnType<typeof lockedAt>,
): Promise<EntryChange | null> {
  const now = await hashLikeLocked(looking, relative, before)
  if (now === null) return { state: 'deleted' }
  if (now.md5 === before?.md5) return null
  const from = before === null ? {} : { from: before.md5.slice(0, 8) }
  return { state: 'modified', ...from, to: now.md5.slice(0, 8) }
}

function paramStates(
  { project, params: files }: Looking,
  stage: Stage,
  locked: LockedStage | null,
): StageChanges['params'] {
  const states = new Map<string, EntryChange | ReadonlyMap<string, EntryChange>>()
  for (const params of stage.params) {
    const { absolute, relative } = pathInside(
      project.root,
      params.file,
      join(project.root, stage.wdir),
    )
    const before = locked?.params.get(params.file)
    if (!existsSync(absolute)) states.set(relative, { state: 'deleted' })
    else if (before === undefined) states.set(relative, { state: 'new' })
    else {
      const keys = keyStates(params, before, files.read(absolute, relative))
      if (keys.size > 0) states.set(relative, keys)
    }
  }
  return states
}

function keyStates(
  { keys }: StageParams,
  before: YamlMap,
  content: YamlMap,
): ReadonlyMap<string, EntryChange> {
  const states = new Map<string, EntryChange>()
  for (const key of keys ?? new Set([...content.keys(), ...before.keys()])) {
    const now = valueAt(content, key)
    const was = before.get(key)
    if (now === undefined) states.set(key, { state: 'deleted' })
    else if (was === undefined) states.set(key, { state: 'new' })
    else if (!sameValue(was, now))
      states.set(key, { state: 'modified', from: valueText(was), to: valueText(now) })
  }
  return states
}
