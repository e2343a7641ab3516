import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hashFile, storeBytes } from '../cache.ts'
import { encodeDirObject } from '../dir-object.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'

/** The hash of a file or folder anywhere on this machine, as DVC records it; with `store` the cache keeps a copy. */
export async function hashOutside(
  project: DataProject,
  absolute: string,
  { store = false }: { readonly store?: boolean } = {},
): Promise<PathHash> {
  const stats = statSync(absolute)
  if (!stats.isDirectory()) {
    const isexec = (stats.mode & 0o100) !== 0
    const hash = { md5: await hashFile(project, absolute, { store }), size: stats.size }
    return isexec ? { ...hash, isexec } : hash
  }
  const entries: { relpath: string; md5: string }[] = []
  let size = 0
  for (const relpath of filesIn(absolute)) {
    const path = join(absolute, relpath)
    size += statSync(path).size
    entries.push({ relpath, md5: await hashFile(project, path, { store }) })
  }
  const { oid, bytes } = encodeDirObject(entries)
  if (store) await storeBytes(project, oid, bytes)
  return { md5: oid, size, nfiles: entries.length }
}

/** Every file below a folder, also behind links, from there. */
export function filesIn(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const relpath = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return filesIn(folder, relpath)
    const isFile = statSync(join(folder, relpath), { throwIfNoEntry: false })?.isFile() === true
    return isFile ? [relpath] : []
  })
}
