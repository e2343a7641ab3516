import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hashFile } from '../cache.ts'
import { encodeDirObject } from '../dir-object.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'

/** The hash of a file or folder anywhere on this machine, as DVC records it of what is imported. */
export async function hashOutside(project: DataProject, absolute: string): Promise<PathHash> {
  const stats = statSync(absolute)
  if (!stats.isDirectory()) {
    const isexec = (stats.mode & 0o100) !== 0
    const hash = { md5: await hashFile(project, absolute), size: stats.size }
    return isexec ? { ...hash, isexec } : hash
  }
  const entries: { relpath: string; md5: string }[] = []
  let size = 0
  for (const relpath of filesIn(absolute)) {
    const path = join(absolute, relpath)
    size += statSync(path).size
    entries.push({ relpath, md5: await hashFile(project, path) })
  }
  project.state.flush()
  return { md5: encodeDirObject(entries).oid, size, nfiles: entries.length }
}

function filesIn(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const relpath = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return filesIn(folder, relpath)
    const isFile = statSync(join(folder, relpath), { throwIfNoEntry: false })?.isFile() === true
    return isFile ? [relpath] : []
  })
}
