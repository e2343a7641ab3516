import { readFileSync } from 'node:fs'
import { md5 as md5Of } from '../../base/hash.ts'
import { parseJson } from '../../base/json.ts'
import { cachePath, isCached } from './cache.ts'
import { relpathFault } from './containment.ts'
import { datasetErrors } from './errors.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints, pythonJsonText } from './python-json.ts'

export interface DirEntry {
  readonly relpath: string
  readonly md5: string
}

/** The listing of a folder in DVC's bytes (Python's `json.dumps(entries, sort_keys=True)`) and its name. */
export function encodeDirObject(entries: readonly DirEntry[]): { oid: string; bytes: Buffer } {
  const sorted = entries.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
  const items = sorted.map(
    ({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${pythonJsonText(relpath)}}`,
  )
  const bytes = Buffer.from(`[${items.join(', ')}]`, 'latin1')
  return { oid: `${md5Of(bytes)}.dir`, bytes }
}

/**
 * Reads a listing from the cache, refusing names that lead elsewhere before anything is written.
 * @throws DATASET_NOT_IN_CACHE, DATASET_FILE_INVALID, DATASET_OUTSIDE
 */
export function readDirObject(project: DataProject, oid: string): readonly DirEntry[] {
  const path = cachePath(project, oid)
  if (!isCached(project, oid))
    throw datasetErrors.DATASET_NOT_IN_CACHE({ detail: `the listing ${oid}`, path })
  const list = parseJson(readFileSync(path, 'utf8'))
  if (!Array.isArray(list))
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'it is not a listing of files', path })
  const entries = list.map((item: unknown) => parseEntry(item, path))
  refuseClashes(entries, path)
  return entries
}

function parseEntry(item: unknown, path: string): DirEntry {
  const { relpath, md5 } = (item ?? {}) as { relpath?: unknown; md5?: unknown }
  if (typeof relpath !== 'string' || typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5))
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'an entry has no relpath or md5', path })
  const fault = relpathFault(relpath)
  if (fault !== null)
    throw datasetErrors.DATASET_OUTSIDE({ detail: `${JSON.stringify(relpath)} ${fault}`, path })
  return { relpath, md5 }
}

// One name as a file and as a folder cannot both be made.
function refuseClashes(entries: readonly DirEntry[], path: string): void {
  const files = new Set(entries.map(({ relpath }) => relpath))
  for (const { relpath } of entries) {
    const parts = relpath.split('/')
    const parents = parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'))
    const clash = parents.find((parent) => files.has(parent))
    if (clash !== undefined)
      throw datasetErrors.DATASET_FILE_INVALID({ detail: `${clash} is a file and a folder`, path })
  }
}
