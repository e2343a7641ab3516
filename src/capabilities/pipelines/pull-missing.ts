import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import {
  checkoutDatasets,
  type DataProject,
  fetchDatasets,
  fetchMissing,
  type SelectedOut,
  selectOuts,
} from '../datasets/index.ts'
import { fromRoot } from './graph.ts'
import { lockFileOf } from './lock-file.ts'
import type { LockedPath, Stage } from './schema.ts'
import { readStageOuts } from './stage-outs.ts'
import { isCachedWhole } from './whole-objects.ts'

/** `repro --pull`: brings from the remote what a run of stages misses. */
export interface PullMissing {
  /** What earlier runs left on the remote. */
  readonly runCache: () => Promise<void>
  /** Tracked data that the stage reads and that is not in the workspace; true when some came. */
  readonly deps: (stage: Stage) => Promise<boolean>
  /** Contents of outputs that the cache lacks; true when some were missing and all are there now. */
  readonly outs: (stage: Stage, outs: readonly LockedPath[]) => Promise<boolean>
}

export function pullMissing(project: DataProject, signal: AbortSignal | undefined): PullMissing {
  return {
    runCache: async () => {
      if (hasRemote(project)) await fetchDatasets(project, [], { outs: [], runCache: true, signal })
    },
    deps: async (stage) => {
      let came = false
      for (const dep of stage.deps)
        if (await pullDep(project, fromRoot(stage, dep), signal)) came = true
      return came
    },
    outs: async (stage, outs) => {
      const absent = outs.filter((out) => !isCachedWhole(project, out))
      await fetchMissing(
        project,
        absent.flatMap((out) => selected(stage, out)),
        { signal },
      )
      return absent.length > 0 && absent.every((out) => isCachedWhole(project, out))
    },
  }
}

function hasRemote({ settings }: DataProject): boolean {
  return settings.get('core')?.get('remote') !== undefined
}

async function pullDep(
  project: DataProject,
  path: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (path.includes('://') || existsSync(join(project.root, path))) return false
  const outs = await trackedAt(project, path)
  const bring = (missing: readonly SelectedOut[]) => fetchMissing(project, missing, { signal })
  // What the remote lacks too is said by the stage, with its name.
  await checkoutDatasets(project, [], { outs, allowMissing: true, fetchMissing: bring, signal })
  return existsSync(join(project.root, path))
}

async function trackedAt(project: DataProject, path: string): Promise<readonly SelectedOut[]> {
  try {
    return await selectOuts(project, [path], { readStageOuts, recursive: true })
  } catch (error) {
    if (
      error instanceof RatchetError &&
      ['DATASET_NOT_FOUND', 'DATASET_OUTSIDE'].includes(error.code)
    )
      return []
    throw error
  }
}

function selected(stage: Stage, out: LockedPath): readonly SelectedOut[] {
  const declared = stage.outs.find(({ path }) => path === out.path)
  if (declared === undefined || out.md5 === '') return []
  return [
    {
      path: fromRoot(stage, out.path),
      hash: out,
      declaredBy: stage.address,
      file: lockFileOf(stage.file),
      push: declared.push,
      remote: declared.remote,
      isImport: false,
      part: null,
    },
  ]
}
