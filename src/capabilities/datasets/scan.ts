import { lookAtAll, type FolderLook } from './look-at-all.ts'
import type { DataProject } from './project.ts'
import { indexFile, readTreeIndex, type TreeIndex } from './tree-index.ts'
import type { BrokenLinks } from './walk.ts'
import { sizeIn } from './workers/signature.ts'

/** The files of a folder as they are now, with the hashes that are still valid from the last time. */
export interface Scan extends FolderLook {
  readonly folder: string
  /** Sixteen bytes a file; of those in `missing` not yet known. */
  readonly md5: Buffer
  readonly missing: readonly number[]
  readonly size: number
  /** MD5 of the listing, when every file is as it was. */
  readonly unchanged: string | null
}

/** Looks at every file of a folder without reading any. @throws as `lookAtAll` */
export async function scanFolder(
  project: DataProject,
  folder: string,
  kind: 'md5' | 'legacy',
  brokenLinks?: BrokenLinks,
): Promise<Scan> {
  const index = readTreeIndex(indexFile(project.stateDir, folder, kind))
  const found = await lookAtAll(project, folder, index?.count, brokenLinks)
  let size = 0
  for (let at = 0; at < found.relpaths.length; at++) size += sizeIn(found.signatures, at)
  return { folder, ...found, size, ...knownHashes(found, index) }
}

type Known = Pick<Scan, 'md5' | 'missing' | 'unchanged'>

function knownHashes(found: FolderLook, index: TreeIndex | null): Known {
  const count = found.relpaths.length
  if (index !== null && index.isSame(found))
    return { md5: Buffer.from(index.md5), missing: [], unchanged: index.oid }
  const md5 = Buffer.alloc(16 * count)
  const missing: number[] = []
  const placeOf = placesIn(index)
  for (let at = 0; at < count; at++) {
    const place = placeOf(found.relpaths[at] ?? '')
    if (index !== null && place !== null && index.isAsBefore(place, found.signatures, at))
      index.md5.copy(md5, 16 * at, 16 * place, 16 * place + 16)
    else missing.push(at)
  }
  const same = index !== null && missing.length === 0 && count === index.count
  return { md5, missing, unchanged: same ? index.oid : null }
}

// Both the walk and the index go in the same order, so one pointer finds everything; a name that is out of order
// is only hashed again.
function placesIn(index: TreeIndex | null): (relpath: string) => number | null {
  let at = 0
  let name: string | null = null
  return (relpath) => {
    if (index === null) return null
    for (; at < index.count; at++) {
      name ??= index.relpathAt(at)
      if (name > relpath) return null
      const isFound = name === relpath
      name = null
      if (isFound) return at++
    }
    return null
  }
}
