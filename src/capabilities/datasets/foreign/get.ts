import { posix } from 'node:path'
import { isCached } from '../cache.ts'
import type { DataProject } from '../project.ts'
import { bringObjects, type WantedOut, writeFiles } from './bring.ts'
import { bringListingOf } from './bring-listing.ts'
import { filesAt, type ForeignFile } from './contents.ts'
import { type ForeignRepository, projectOf } from './repository.ts'

/**
 * Copies a file or folder of another repository to a place of this machine; of tracked folders only what is asked
 * moves, and as with DVC nothing of a project that lies deeper. Returns how many files. @throws DATASET_NOT_FOUND, DATASET_NOT_IN_CACHE
 */
export async function getFiles(
  project: DataProject,
  repository: ForeignRepository,
  { from, target }: { readonly from: string; readonly target: string },
): Promise<number> {
  const bringListing = bringListingOf(project, repository)
  const found = await filesAt(project, repository, { path: from, bringListing })
  const own = projectOf(repository, from)
  const files = found.filter(
    (file) =>
      projectOf(repository, file.path) === own &&
      (file.path === from || file.isOut || !describesData(file)),
  )
  await bringObjects(project, repository, wantedOf(project, files, from))
  await writeFiles(project, repository, { files, from, target })
  return files.length
}

// DVC leaves out of a folder what only tells which data belongs there: it would describe what is there now, too.
function describesData({ path }: ForeignFile): boolean {
  return path.endsWith('.dvc') || ['dvc.yaml', '.dvcignore'].includes(posix.basename(path))
}

// One wish an output: the part below it that was asked, or all of it.
function wantedOf(
  project: DataProject,
  files: readonly ForeignFile[],
  from: string,
): readonly WantedOut[] {
  const wanted = new Map<string, WantedOut>()
  for (const { source } of files) {
    if (source.kind !== 'cache') continue
    const { out, md5 } = source
    if (isCached(project, md5, undefined, out.hash?.legacy)) continue
    const part = from.startsWith(`${out.path}/`) ? from.slice(out.path.length + 1) : null
    wanted.set(out.path, { out, part })
  }
  return [...wanted.values()]
}
