import { createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hashFile, isCached, storeBytes } from '../cache.ts'
import { relpathFault } from '../containment.ts'
import { encodeDirObject } from '../dir-object.ts'
import { type DvcFile, writeDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import type { PathHash } from '../hash-path.ts'
import { replaceSafely } from '../imports/arrive.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import { openAnyRemote } from '../remotes/open.ts'
import { eachAtOnce, type Remote, type RemoteObject } from '../remotes/port.ts'
import { defaultRemote, remoteSettings } from '../remotes/settings.ts'
import { valuesOf } from '../remotes/values.ts'
import { withRetries } from '../remotes/retry.ts'
import { withHash } from '../stage-document.ts'
import { editYaml } from '../yaml-edit.ts'
import { newestBelow } from './presence.ts'
import { entryWithVersions } from './record.ts'
import type { RecordedFile } from './recorded-files.ts'

/** The worktree that data was pushed to, and whose newest versions it may follow; null where there is none. */
export function worktreeOf(project: DataProject, { outs }: DvcFile): string | null {
  const [out] = outs
  const pushed = out?.files?.find(({ stored }) => stored !== null)?.stored
  if (out === undefined || pushed === undefined || pushed === null) return null
  // What `dvc update` brought of a folder is recorded without its remote.
  const name = out.remote ?? pushed.remote ?? defaultRemote(project.settings)
  if (name === null) return null
  return valuesOf(remoteSettings(project.settings, name)).flag('worktree') === true ? name : null
}

/**
 * Brings data as it is now on a remote that is a worktree, into the cache and then into the workspace, and records the
 * versions that came. Returns whether anything changed.
 * @throws DATASET_REMOTE_MISSING when it is no longer there, DATASET_WOULD_BE_LOST
 */
export async function updateFromWorktree(
  project: DataProject,
  tracked: DvcFile,
  name: string,
): Promise<boolean> {
  const remote = await openAnyRemote(project, name)
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  try {
    mkdirSync(folder, { recursive: true })
    const before = tracked.outs[0]?.files ?? []
    const updating = { project, remote, folder, path: tracked.path, before }
    const files = await filesNow(updating)
    const hash = await hashOf(project, files)
    if (hash.md5 === tracked.hash?.md5) return false
    await replaceSafely(project, { to: tracked.path, hash })
    const entry = withHash(new Map(tracked.outs[0]?.entry), hash)
    const document = new Map(tracked.document).set('outs', [entryWithVersions(entry, files)])
    writeDvcFile(project, tracked.file, editYaml(tracked.text, document, tracked.file))
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await remote.close()
  }
}

interface Updating {
  readonly project: DataProject
  readonly remote: Remote
  readonly folder: string
  readonly path: string
  readonly before: readonly RecordedFile[]
}

async function filesNow(updating: Updating): Promise<readonly RecordedFile[]> {
  const { remote, path, before } = updating
  const isFile = before.length === 1 && before[0]?.relpath === ''
  const newest = isFile
    ? new Map([[path, await withRetries(() => remote.head(path), {})]])
    : await newestBelow(remote, { path }, undefined)
  const known = new Map(before.map((file) => [file.relpath, file]))
  const files: RecordedFile[] = []
  await eachAtOnce(newest, { jobs: remote.jobs }, async ([key, object]) => {
    const relpath = key.slice(path.length + 1)
    const old = known.get(relpath)
    if (object === null) return
    const same = old !== undefined && old.stored?.etag === object.etag ? old : null
    const isHere = same !== null && isCached(updating.project, same.md5)
    const brought = isHere ? same : await bring(updating, relpath, object)
    // What is the same stays the version that it was.
    files.push(same ?? brought)
  })
  if (files.length > 0) return files.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
  throw datasetErrors.DATASET_REMOTE_MISSING({
    detail: `${remote.address} has no ${path} any more`,
    path,
    next: 'Push it again with `ratchet push`, or stop tracking it with `ratchet remove`.',
  })
}

// Names on a remote are those of others: none may lead out of the folder.
function refuseOutside(relpath: string, path: string): void {
  const fault = relpath === '' ? null : relpathFault(relpath)
  if (fault !== null)
    throw datasetErrors.DATASET_OUTSIDE({ detail: `${path}/${relpath} ${fault}`, path })
}

async function bring(
  { project, remote, folder, path }: Updating,
  relpath: string,
  object: RemoteObject,
): Promise<RecordedFile> {
  refuseOutside(relpath, path)
  const { key } = object
  // A listing names no versions.
  const { etag, version } = (await withRetries(() => remote.head(key), {})) ?? object
  const target = join(folder, 'data', relpath)
  mkdirSync(dirname(target), { recursive: true })
  await pipeline(Readable.from(remote.open(key, { version })), createWriteStream(target))
  const md5 = await hashFile(project, target, { store: true })
  const stored = { remote: remote.name, etag, version }
  return { relpath, md5, size: statSync(target).size, isexec: false, stored }
}

async function hashOf(project: DataProject, files: readonly RecordedFile[]): Promise<PathHash> {
  const [only] = files
  if (only?.relpath === '') return { md5: only.md5, size: only.size ?? 0 }
  const { oid, bytes } = encodeDirObject(files)
  await storeBytes(project, oid, bytes)
  const size = files.reduce((sum, file) => sum + (file.size ?? 0), 0)
  return { md5: oid, size, nfiles: files.length }
}
