import { cachePath, type DataProject, isCached, type PathHash } from '../datasets/index.ts'
import { readFileSync } from 'node:fs'
import { parseJson } from '../../base/json.ts'

/** Whether the cache holds an output with all that is in it: the files of a folder, not only its listing. */
export function isCachedWhole(project: DataProject, { md5, legacy }: PathHash): boolean {
  if (md5 === '' || !isCached(project, md5, undefined, legacy)) return false
  if (!md5.endsWith('.dir')) return true
  const listing = parseJson(readFileSync(cachePath(project, md5, legacy), 'utf8'))
  if (!Array.isArray(listing)) return false
  return listing.every((entry: { readonly md5?: unknown } | null) => {
    const oid = entry?.md5
    const isName = typeof oid === 'string' && /^[0-9a-f]{32}$/.test(oid)
    return isName && isCached(project, oid, undefined, legacy)
  })
}
