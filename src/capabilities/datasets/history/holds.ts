import { isCached } from '../cache.ts'
import { readDirObject } from '../dir-object.ts'
import type { DataProject } from '../project.ts'

/** Whether a content is one of the hashes, or a folder that has a file of one of them in it. */
export function contentHolds(
  project: DataProject,
  md5: string,
  hashes: ReadonlySet<string>,
): boolean {
  if (hashes.has(md5)) return true
  if (!md5.endsWith('.dir') || !isCached(project, md5)) return false
  return readDirObject(project, md5).some((entry) => hashes.has(entry.md5))
}
