import { existsSync } from 'node:fs'
import { join, posix, relative, resolve } from 'node:path'
import type { AddedDataset } from '../add.ts'
import { dvcFileText, readDvcFile, writeDvcFile } from '../dvc-file.ts'
import { gitignorePath } from '../git.ts'
import type { PathHash } from '../hash-path.ts'
import { notePlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { arrive } from './arrive.ts'
import { type ImportGoal, importGoal } from './goal.ts'
import { sendToRemote, type ToRemote } from './send-to-remote.ts'
import { type ImportSource, importSource } from './source.ts'

export interface AddElsewhereRequest {
  /** A path, also outside of the project, or an address. */
  readonly url: string
  /** A new name, or a folder. From the root. */
  readonly out?: string | undefined
  readonly cwd: string
  /** The folder the user stands in, from the root. */
  readonly here: string
  readonly force?: boolean | undefined
  /** The content goes to the remote and not into the workspace. */
  readonly toRemote?: ToRemote | undefined
}

/**
 * `add --out` and `add --to-remote`: data of elsewhere as if it had been made here; where it came from is not recorded, and so not asked.
 * The `.dvc` file is written last. What goes to the remote only is not hidden from Git either, as with DVC.
 * @throws DATASET_NOT_FOUND, DATASET_OVERLAPS, DATASET_REMOTE_…
 */
export async function addFromElsewhere(
  project: DataProject,
  request: AddElsewhereRequest,
): Promise<AddedDataset> {
  const { url, cwd, here, toRemote, force = false } = request
  const source = importSource(project, { url, from: cwd, wdir: here })
  const goal = await goalOf(project, source, request)
  const existing = existsSync(join(project.root, goal.file))
    ? readDvcFile(project, goal.file)
    : null
  const arrival = { to: goal.path, download: source.download, force, plain: true }
  const hash =
    toRemote === undefined
      ? await arrive(project, arrival)
      : await sendToRemote(project, source, toRemote)
  const ignored = toRemote === undefined ? await gitignorePath(project, goal.path) : null
  const wrote = writeDvcFile(project, goal.file, dvcFileText(goal.path, hash, existing))
  if (toRemote === undefined) notePlaced(project, [goal.path])
  const written = [...(wrote ? [goal.file] : []), ...(ignored === null ? [] : [ignored])]
  return { ...added(goal, hash, existing?.hash?.md5 ?? null), written }
}

function added({ path, file }: ImportGoal, { md5, size, nfiles }: PathHash, before: string | null) {
  const changed = before !== md5
  return { path, file, md5, size, nfiles: nfiles ?? null, changed, previousMd5: before }
}

// Without a new name, what lies in the project is tracked where it lies: nothing of the workspace is replaced.
function goalOf(
  project: DataProject,
  { name }: ImportSource,
  { url, out, cwd, here, force = false }: AddElsewhereRequest,
): Promise<ImportGoal> {
  if (out !== undefined) return importGoal(project, { name, out, here, force })
  const place = relative(project.root, resolve(cwd, url))
  const isInside = !/^[a-z][a-z0-9+.-]+:\/\//i.test(url) && !place.startsWith('..')
  const folder = isInside ? posix.dirname(place) : here
  return importGoal(project, {
    name,
    out: undefined,
    here: folder === '.' ? '' : folder,
    force: true,
  })
}
