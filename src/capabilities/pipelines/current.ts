import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DataProject, hashPath, isCached, type PathHash } from '../datasets/index.ts'
import type { Current } from './decide.ts'
import { pipelineErrors } from './errors.ts'
import { fromRoot } from './graph.ts'
import { type ParamValues, readStageParams } from './params.ts'
import type { LockedStage, Stage } from './schema.ts'

/** Hashes of paths found in this run, by path from the root. A stage that ran replaces those of its outputs. */
export type KnownHashes = Map<string, PathHash>

export interface Looking {
  readonly project: DataProject
  readonly known: KnownHashes
  readonly signal?: AbortSignal | undefined
}

/** What a stage depends on, as it is now. @throws PIPELINE_DEP_MISSING, PIPELINE_PARAMS_INVALID */
export async function readInputs(
  looking: Looking,
  stage: Stage,
): Promise<{ readonly deps: ReadonlyMap<string, PathHash>; readonly params: ParamValues }> {
  const deps = new Map<string, PathHash>()
  for (const path of stage.deps) {
    const hash = await hashOrNull(looking, fromRoot(stage, path))
    if (hash === null)
      throw pipelineErrors.PIPELINE_DEP_MISSING({
        detail: `stage "${stage.name}" depends on ${fromRoot(stage, path)}`,
        path: `dvc.yaml stages.${stage.name}.deps ${path}`,
      })
    deps.set(path, hash)
  }
  return { deps, params: readStageParams(looking.project.root, stage) }
}

/** All that decides whether a stage runs. */
export async function readCurrent(
  looking: Looking,
  stage: Stage,
  { locked, forced }: { readonly locked: LockedStage | null; readonly forced: boolean },
): Promise<Current & { readonly deps: ReadonlyMap<string, PathHash> }> {
  const { deps, params } = await readInputs(looking, stage)
  const outs = new Map<string, PathHash | null>()
  // A stage that is new runs whatever its outputs are; they need not be read.
  if (locked !== null)
    for (const { path } of stage.outs)
      outs.set(path, await hashOrNull(looking, fromRoot(stage, path)))
  const oids = (locked?.outs ?? []).map(({ md5 }) => md5).filter((md5) => md5 !== '')
  const cached = new Set(oids.filter((oid) => isCached(looking.project, oid)))
  return { deps, params, outs, cached, forced }
}

async function hashOrNull(
  { project, known, signal }: Looking,
  relative: string,
): Promise<PathHash | null> {
  const remembered = known.get(relative)
  if (remembered !== undefined) return remembered
  if (!existsSync(join(project.root, relative))) return null
  const hash = await hashPath(project, relative, { store: false, signal })
  known.set(relative, hash)
  return hash
}
