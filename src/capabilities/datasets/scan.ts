import type { DataProject } from './project.ts'
import { indexFile, readTreeIndex, type TreeIndex } from './tree-index.ts'
import { walkFiles } from './walk.ts'
import { setSignature, SIGNATURE_WORDS } from './workers/signature.ts'

/** The files of a folder as they are now, with the hashes that are still valid from the last time. */
export interface Scan {
  readonly folder: string
  readonly relpaths: readonly string[]
  readonly signatures: Float64Array
  /** Sixteen bytes a file; of those in `missing` not yet known. */
  readonly md5: Buffer
  readonly missing: readonly number[]
  readonly size: number
  /** MD5 of the listing, when every file is as it was. */
  readonly unchanged: string | null
}

/** Looks at every file of a folder without reading any. @throws as `walkFiles` */
export function scanFolder(project: DataProject, folder: string, kind: 'md5' | 'legacy'): Scan {
  const index = readTreeIndex(indexFile(project.stateDir, folder, kind))
  const relpaths: string[] = []
  const missing: number[] = []
  let columns = makeColumns(index?.count ?? 1024)
  let size = 0
  const known = knownFrom(index)
  walkFiles(project, folder, ({ relpath, stats }) => {
    const place = known(relpath)
    // The name from the index is in one piece; that of a walk is two, and a million of them would weigh twice as much.
    const at = relpaths.push(place?.name ?? relpath) - 1
    if (16 * at === columns.md5.length) columns = grown(columns)
    setSignature(columns.signatures, at, stats)
    size += stats.size
    if (index !== null && place !== null && index.isAsBefore(place.at, stats))
      index.md5At(place.at).copy(columns.md5, 16 * at)
    else missing.push(at)
  })
  const same = index !== null && missing.length === 0 && relpaths.length === index.count
  return { folder, relpaths, missing, size, ...columns, unchanged: same ? index.oid : null }
}

interface Columns {
  readonly signatures: Float64Array
  readonly md5: Buffer
}

function makeColumns(capacity: number): Columns {
  return {
    signatures: new Float64Array(SIGNATURE_WORDS * capacity),
    md5: Buffer.alloc(16 * capacity),
  }
}

function grown(columns: Columns): Columns {
  const next = makeColumns(Math.max(1024, Math.ceil((columns.md5.length / 16) * 1.5)))
  next.signatures.set(columns.signatures)
  columns.md5.copy(next.md5)
  return next
}

// Both the walk and the index go in the same order, so one pointer finds everything; a name that is out of order
// is only hashed again.
function knownFrom(index: TreeIndex | null): (relpath: string) => Known | null {
  const found = { at: 0, name: '' }
  let at = 0
  let name: string | null = null
  return (relpath) => {
    if (index === null) return null
    for (; at < index.count; at++) {
      name ??= index.relpathAt(at)
      if (name === relpath) {
        found.at = at++
        found.name = name
        name = null
        return found
      }
      if (name > relpath) return null
      name = null
    }
    return null
  }
}

/** Read at once: the next answer is the same object. */
interface Known {
  readonly at: number
  readonly name: string
}
