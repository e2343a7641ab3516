import type { DataProject } from '../project.ts'
import { keepsVersions } from '../versioned/recorded-files.ts'
import { arrive, requireAsSaid } from './arrive.ts'
import { importGoal } from './goal.ts'
import { type Imported, recordImport } from './record.ts'
import { sendToRemote, type ToRemote } from './send-to-remote.ts'
import { importSource } from './source.ts'

export interface ImportAddressRequest {
  readonly url: string
  /** From the root. */
  readonly out?: string | undefined
  readonly cwd: string
  /** The folder the user stands in, from the root. */
  readonly here: string
  readonly force?: boolean | undefined
  /** Records what is there without bringing it. */
  readonly noDownload?: boolean | undefined
  /** Records only where it is. */
  readonly noExec?: boolean | undefined
  /** Records which version of it is taken, where its store keeps versions. */
  readonly versionAware?: boolean | undefined
  /** The content goes to the remote and not into the workspace. */
  readonly toRemote?: ToRemote | undefined
}

const CONTENT_KEYS = 'md5 etag checksum size nfiles isexec version_id files'.split(' ')

/**
 * Brings a file or folder of this machine, a web server or an object store into the project, and records where it
 * came from, so that `update` can bring it again. @throws DATASET_NOT_FOUND, DATASET_OVERLAPS, DATASET_REMOTE_…
 */
export async function importAddress(
  project: DataProject,
  request: ImportAddressRequest,
): Promise<Imported> {
  const { url, cwd, out, here, versionAware, force = false } = request
  const known = importSource(project, { url, from: cwd, wdir: here, versionAware })
  const goal = await importGoal(project, { name: known.name, out, here, force })
  const source = importSource(project, { url, from: cwd, wdir: goal.wdir, versionAware })
  if (request.noExec === true) {
    const entry = new Map(await source.entry())
    for (const key of CONTENT_KEYS) entry.delete(key)
    return recordImport(project, goal, { dependency: entry, hash: null, looked: false })
  }
  const dependency = await source.entry()
  // The store keeps what it keeps: the remote need not.
  const push = !keepsVersions(dependency)
  if (request.noDownload === true)
    return recordImport(project, goal, { dependency, hash: null, looked: true, push })
  if (request.toRemote !== undefined) {
    const hash = await sendToRemote(project, source, request.toRemote)
    requireAsSaid(goal.path, hash, dependency)
    return recordImport(project, goal, { dependency, hash, looked: true, placed: false })
  }
  const arrival = { to: goal.path, download: source.download, entry: dependency, force }
  const hash = await arrive(project, arrival)
  return recordImport(project, goal, { dependency, hash, looked: true, push })
}
