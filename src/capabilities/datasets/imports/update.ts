import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DvcFile, readDvcFile, writeDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { dvcFilesBelow, selectDvcFiles } from '../find-files.ts'
import { openForeign } from '../foreign/repository.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import { inFileOrder, stageMd5, withHash } from '../stage-document.ts'
import type { ReadStageOuts } from '../tracked/outs.ts'
import { keepsVersions } from '../versioned/recorded-files.ts'
import { updateFromWorktree, worktreeOf } from '../versioned/update-worktree.ts'
import { editYaml } from '../yaml-edit.ts'
import { emitYaml } from '../yaml-emit.ts'
import { isYamlMap, type YamlMap } from '../yaml-values.ts'
import { arrive, removeSafely, requireAsSaid } from './arrive.ts'
import { accessOf, repositoryOf, startOf } from './follow-repository.ts'
import { bringPath } from './import-repository.ts'
import { sendToRemote, type ToRemote } from './send-to-remote.ts'
import { importSource } from './source.ts'

export interface UpdateRequest {
  readonly targets: readonly string[]
  /** Targets that are folders mean all imports below them. */
  readonly recursive?: boolean | undefined
  /** Another branch, tag or commit of the other repository. */
  readonly rev?: string | undefined
  readonly noDownload?: boolean | undefined
  /** The content goes to the remote and not into the workspace. */
  readonly toRemote?: ToRemote | undefined
  readonly clones: string
  readonly readStageOuts: ReadStageOuts
}

export interface Updated {
  readonly path: string
  readonly file: string
  readonly changed: boolean
}

/** Brings imports as they are now where they came from. @throws DATASET_NOT_FOUND when a target is no import */
export async function updateImports(
  project: DataProject,
  request: UpdateRequest,
): Promise<readonly Updated[]> {
  const updated: Updated[] = []
  for (const [file, isNamed] of filesMeant(project, request)) {
    const tracked = readDvcFile(project, file)
    const [dependency] = tracked.deps
    const worktree = dependency === undefined ? worktreeOf(project, tracked) : null
    if (worktree !== null) {
      updated.push(await fromWorktree(project, tracked, { worktree, request }))
      continue
    }
    if (dependency === undefined) {
      if (!isNamed) continue
      throw datasetErrors.DATASET_NOT_FOUND({
        detail: `${file} is no import, and was pushed to no worktree: it says of no other place`,
        path: file,
        next: 'Run `ratchet add` to record data that changed here.',
      })
    }
    updated.push(await updateOne(project, tracked, { dependency, request }))
  }
  return updated
}

// With each whether it was named itself: then it has to be an import.
function filesMeant(
  project: DataProject,
  { targets, recursive = false }: UpdateRequest,
): ReadonlyMap<string, boolean> {
  if (targets.length === 0)
    return new Map(selectDvcFiles(project, []).map((file) => [file, false] as const))
  const files = targets.flatMap((target): readonly (readonly [string, boolean])[] => {
    const below = recursive ? dvcFilesBelow(project, target) : null
    if (below !== null) return below.map((file) => [file, false] as const)
    return selectDvcFiles(project, [target]).map((file) => [file, true] as const)
  })
  return new Map(files)
}

async function fromWorktree(
  project: DataProject,
  tracked: DvcFile,
  { worktree, request }: { readonly worktree: string; readonly request: UpdateRequest },
): Promise<Updated> {
  const { path, file } = tracked
  if (request.rev !== undefined || request.noDownload === true || request.toRemote !== undefined)
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `${path} is brought as it is now from the worktree "${worktree}"`,
      next: 'Leave out --rev, --no-download and --to-remote.',
    })
  return { path, file, changed: await updateFromWorktree(project, tracked, worktree) }
}

interface Updating {
  readonly dependency: YamlMap
  readonly request: UpdateRequest
}

async function updateOne(
  project: DataProject,
  tracked: DvcFile,
  updating: Updating,
): Promise<Updated> {
  const isRepository = isYamlMap(updating.dependency.get('repo'))
  const { dependency, hash } = isRepository
    ? await fromRepository(project, tracked, updating)
    : await fromAddress(project, tracked, updating)
  const out = withHash(tracked.outs[0]?.entry ?? new Map(), hash)
  const document = new Map(tracked.document).set('deps', [dependency]).set('outs', [out])
  const isStale = hash === null && tracked.hash !== null
  // DVC makes the hash of the record before it forgets that of data which was not brought.
  const hashed = isStale
    ? new Map(document).set(
        'outs',
        tracked.outs.map(({ entry }) => entry),
      )
    : document
  document.set('md5', stageMd5(hashed))
  if (isStale) await removeSafely(project, tracked.path)
  const text = editYaml(tracked.text, inFileOrder(document), tracked.file)
  writeDvcFile(project, tracked.file, text)
  return { path: tracked.path, file: tracked.file, changed: tracked.hash?.md5 !== hash?.md5 }
}

interface Now {
  readonly dependency: YamlMap
  readonly hash: PathHash | null
}

async function fromRepository(
  project: DataProject,
  { path, wdir, hash: before }: DvcFile,
  { dependency, request }: Updating,
): Promise<Now> {
  if (request.toRemote !== undefined)
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `${path} comes from another repository, whose own remote keeps it`,
      next: 'Leave out --to-remote.',
    })
  const known = repositoryOf(dependency)
  const url = String(known.get('url'))
  const rev = request.rev ?? (known.has('rev') ? String(known.get('rev')) : undefined)
  const { clones, readStageOuts } = request
  const cwd = startOf(project.root, { url, wdir })
  const access = accessOf(known)
  const where = { url, rev, cwd, clones, committed: true, access, readStageOuts }
  const repository = await openForeign(project, where)
  const repo = new Map(known).set('rev_lock', repository.commit)
  if (request.rev !== undefined) repo.set('rev', request.rev)
  const ordered = ['url', 'rev', 'rev_lock', 'config', 'remote'].filter((key) => repo.has(key))
  const next = new Map(dependency).set(
    'repo',
    new Map(ordered.map((key) => [key, repo.get(key) ?? null])),
  )
  const same = ['rev', 'rev_lock'].every((key) => repo.get(key) === known.get(key))
  if (request.noDownload === true) return { dependency: next, hash: same ? before : null }
  const from = String(dependency.get('path'))
  const hash = await bringPath(project, repository, { from, to: path })
  return { dependency: next, hash }
}

async function fromAddress(
  project: DataProject,
  { path, wdir, hash: before }: DvcFile,
  { dependency, request }: Updating,
): Promise<Now> {
  const config = dependency.get('fs_config')
  const versionAware = isYamlMap(config) && config.get('version_aware') === true
  const { rev } = request
  if (rev !== undefined && !keepsVersions(dependency))
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `${path} comes from an address, which has no revisions`,
      next: 'Leave out --rev.',
    })
  const url = String(dependency.get('path'))
  const place = { url, from: join(project.root, wdir), wdir, versionAware, rev }
  const source = importSource(project, place)
  const next = await source.entry()
  if (request.toRemote !== undefined) {
    const sent = await sendToRemote(project, source, request.toRemote)
    requireAsSaid(path, sent, next)
    return { dependency: next, hash: sent }
  }
  const same = isSameSource(next, dependency)
  if (request.noDownload === true) return { dependency: next, hash: same ? before : null }
  if (same && before !== null && existsSync(join(project.root, path)))
    return { dependency: next, hash: before }
  const arrival = { to: path, download: source.download, entry: next }
  return { dependency: next, hash: await arrive(project, arrival) }
}

function isSameSource(now: YamlMap, before: YamlMap): boolean {
  return (
    ['md5', 'etag', 'checksum', 'version_id'].every((key) => now.get(key) === before.get(key)) &&
    filesText(now) === filesText(before)
  )
}

function filesText(entry: YamlMap): string {
  const files = entry.get('files')
  return Array.isArray(files) ? emitYaml(new Map([['files', files]])) : ''
}
