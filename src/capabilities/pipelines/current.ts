import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { type DataProject, hashPath, type PathHash, type YamlMap } from '../datasets/index.ts'
import { placeOfStage } from './declaration/place.ts'
import type { Current } from './decide.ts'
import { pipelineErrors } from './errors.ts'
import { fromRoot } from './graph.ts'
import { KnownHashes } from './known-hashes.ts'
import { ParamFiles } from './param-files.ts'
import { type ParamValues, readStageParams } from './params.ts'
import type { LockedPath, LockedStage, Stage } from './schema.ts'
import { isCachedWhole } from './whole-objects.ts'

export interface Looking {
  readonly project: DataProject
  /** A stage that ran replaces those of its outputs. */
  readonly known: KnownHashes
  readonly params: ParamFiles
  readonly signal?: AbortSignal | undefined
}

interface LookingOptions {
  readonly signal?: AbortSignal | undefined
  readonly known?: KnownHashes | undefined
}

export function lookingAt(
  project: DataProject,
  { signal, known = new KnownHashes() }: LookingOptions = {},
): Looking {
  return { project, known, params: new ParamFiles(), signal }
}

/** What a stage depends on. Paths are as in dvc.yaml. */
export interface CurrentInputs {
  readonly deps: ReadonlyMap<string, LockedPath>
  readonly params: ParamValues
}

export interface LookOptions {
  readonly locked: LockedStage | null
  readonly forced: boolean
  /** What is missing counts as what dvc.lock says of it. */
  readonly allowMissing?: boolean
  /** What its own record says of a path from the root, where a stage or a `.dvc` file makes it. */
  readonly recorded?: ((path: string) => PathHash | null) | undefined
  /** `datasets` of dvc.lock, for dependencies such as `ds://name`. */
  readonly datasets?: readonly YamlMap[]
}

/** All that decides whether a stage runs. @throws PIPELINE_DEP_MISSING, PIPELINE_PARAMS_INVALID */
export async function readCurrent(
  looking: Looking,
  stage: Stage,
  options: LookOptions,
): Promise<Current & CurrentInputs> {
  const { locked, forced } = options
  const deps = await readDeps(looking, stage, options)
  const params = readStageParams(looking.project.root, stage, looking.params)
  const outs = new Map<string, PathHash | null>()
  // A stage that is new runs whatever its outputs are; they need not be read.
  if (locked !== null && !forced)
    for (const { path } of stage.outs)
      outs.set(
        path,
        (await hashLikeLocked(looking, fromRoot(stage, path), lockedAt(locked.outs, path))) ??
          fallback('outs', path, options),
      )
  const differing = (locked?.outs ?? []).filter(
    ({ path, md5 }) => outs.has(path) && outs.get(path)?.md5 !== md5,
  )
  const restorable = differing.filter((out) => isCachedWhole(looking.project, out))
  return { deps, params, outs, forced, restorable: new Set(restorable.map(({ path }) => path)) }
}

async function readDeps(
  looking: Looking,
  stage: Stage,
  options: LookOptions,
): Promise<ReadonlyMap<string, LockedPath>> {
  const deps = new Map<string, LockedPath>()
  // What a frozen stage depends on is of interest only when it is recorded anew.
  const allowMissing = options.allowMissing === true || (stage.frozen && !options.forced)
  for (const path of stage.deps) {
    const found = path.startsWith('ds://')
      ? datasetDep(looking, stage, { path, datasets: options.datasets ?? [] })
      : ((await hashLikeLocked(
          looking,
          fromRoot(stage, path),
          lockedAt(options.locked?.deps, path),
        )) ?? missingDep(stage, path, { ...options, allowMissing }))
    if (found === null)
      throw pipelineErrors.PIPELINE_DEP_MISSING({
        detail: `stage "${stage.address}" depends on ${fromRoot(stage, path)}`,
        path: placeOfDep(looking, stage, path),
      })
    deps.set(path, { ...found, path })
  }
  return deps
}

// Missing data that was made anew meanwhile is not what the stage read.
function missingDep(stage: Stage, path: string, options: LookOptions): PathHash | null {
  const own = fallback('deps', path, options)
  const recorded = own === null || stage.frozen ? null : options.recorded?.(fromRoot(stage, path))
  const isComparable = recorded?.legacy === own?.legacy
  return recorded !== null && recorded !== undefined && isComparable ? recorded : own
}

function fallback(
  side: 'deps' | 'outs',
  path: string,
  { locked, allowMissing = false }: Pick<LookOptions, 'locked' | 'allowMissing'>,
): PathHash | null {
  return allowMissing ? lockedAt(locked?.[side], path) : null
}

export function lockedAt(
  entries: readonly LockedPath[] | undefined,
  path: string,
): LockedPath | null {
  return entries?.find((entry) => entry.path === path) ?? null
}

/** What DVC 2 recorded keeps its kind of hash for as long as its content is the same, as in DVC 3 itself. */
export async function hashLikeLocked(
  looking: Looking,
  relative: string,
  before: LockedPath | null,
): Promise<PathHash | null> {
  const { project, signal } = looking
  if (before?.legacy === true && existsSync(resolve(project.root, relative))) {
    const old = await hashPath(project, relative, { store: false, legacy: true, signal })
    if (old.md5 === before.md5) return old
  }
  return hashOrNull(looking, relative)
}

function placeOfDep({ project }: Looking, stage: Stage, path: string): string {
  return placeOfStage(project.root, stage, ['deps', stage.deps.indexOf(path)])
}

function datasetDep(
  looking: Looking,
  stage: Stage,
  { path, datasets }: { readonly path: string; readonly datasets: readonly YamlMap[] },
): LockedPath {
  const name = path.slice('ds://'.length)
  const dataset = datasets.find((entry) => entry.get('name') === name)
  if (dataset === undefined)
    throw pipelineErrors.PIPELINE_DEP_MISSING({
      detail: `stage "${stage.address}" depends on ${path}, of which dvc.lock knows no version`,
      path: placeOfDep(looking, stage, path),
      next: `Run \`dvc dataset update ${name}\`, then again.`,
    })
  if (dataset.get('type') === 'dc')
    throw pipelineErrors.PIPELINE_UNSUPPORTED({
      detail: `${path} is a dataset of DataChain`,
      path: placeOfDep(looking, stage, path),
    })
  return { path, md5: '', size: 0, dataset }
}

async function hashOrNull(
  { project, known, signal }: Looking,
  relative: string,
): Promise<PathHash | null> {
  const remembered = known.get(relative)
  if (remembered !== undefined) return remembered
  if (relative.includes(':/'))
    throw pipelineErrors.PIPELINE_UNSUPPORTED({
      detail: `${relative} is read from a service directly`,
      path: relative,
      next: 'Import it with `ratchet import-url`, and depend on the file that this makes.',
    })
  const absolute = resolve(project.root, relative)
  if (!existsSync(absolute)) return null
  const isOutside = relative.startsWith('../') || isAbsolute(relative)
  const hash = isOutside
    ? await hashOutside(absolute)
    : await hashPath(project, relative, { store: false, signal })
  known.set(relative, hash)
  return hash
}

// Read only, and never stored: DVC lets a stage depend on a file beside the project.
async function hashOutside(absolute: string): Promise<PathHash> {
  const stats = statSync(absolute)
  if (!stats.isFile())
    throw pipelineErrors.PIPELINE_UNSUPPORTED({
      detail: `${absolute} is outside the project and not a file`,
      path: absolute,
      next: 'Depend on a file, or bring the folder into the project.',
    })
  const hash = createHash('md5')
  for await (const chunk of createReadStream(absolute)) hash.update(chunk as Buffer)
  const isexec = (stats.mode & 0o100) !== 0
  return { md5: hash.digest('hex'), size: stats.size, ...(isexec ? { isexec } : {}) }
}
