import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isCached } from '../cache.ts'
import { readDirObject } from '../dir-object.ts'
import { datasetErrors } from '../errors.ts'
import { readIgnoreRules } from '../ignore.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import type { TrackedOut } from '../tracked/outs.ts'
import { isWithin } from '../tracked/paths.ts'
import type { ForeignRepository } from './repository.ts'

/** Where the bytes of a file are. */
export type FileSource =
  | { readonly kind: 'git'; readonly object: string }
  | { readonly kind: 'cache'; readonly md5: string; readonly out: TrackedOut }
  | { readonly kind: 'disk'; readonly absolute: string }

export interface ForeignFile {
  /** From the top of the repository. */
  readonly path: string
  readonly isexec: boolean
  /** Null where nobody wrote it down. */
  readonly size: number | null
  readonly md5: string | null
  readonly isOut: boolean
  readonly source: FileSource
}

/** Brings the listing of a folder into the cache when it is not there. */
export type BringListing = (out: TrackedOut) => Promise<void>

/**
 * Every file at or below a path of a repository, those of Git and those of DVC, sorted by path.
 * @throws DATASET_NOT_FOUND
 */
export async function filesAt(
  project: DataProject,
  repository: ForeignRepository,
  { path, bringListing }: { readonly path: string; readonly bringListing: BringListing },
): Promise<readonly ForeignFile[]> {
  const { outs } = repository
  const found = new Map<string, ForeignFile>()
  for (const file of gitFiles(repository, path)) found.set(file.path, file)
  for (const out of outs) {
    if (!isWithin(out.path, path) && !isWithin(path, out.path)) continue
    for (const file of await outFiles(project, out, bringListing))
      if (isWithin(file.path, path)) found.set(file.path, merged(file, found.get(file.path)))
  }
  if (found.size === 0 && path !== '')
    throw datasetErrors.DATASET_NOT_FOUND({
      detail: `${path} is not in ${repository.url}${repository.commit === null ? '' : ` at ${repository.commit.slice(0, 8)}`}`,
      path,
    })
  return [...found.values()].toSorted((a, b) => compareCodePoints(a.path, b.path))
}

// What is in the workspace is read from there; DVC says what it is meant to be.
function merged(file: ForeignFile, there: ForeignFile | undefined): ForeignFile {
  if (there?.source.kind !== 'disk') return file
  return { ...file, size: there.size, source: there.source, isexec: there.isexec }
}

function gitFiles(repository: ForeignRepository, path: string): readonly ForeignFile[] {
  const { files, folder } = repository
  if (files === null) return diskFiles(folder, path)
  return files.flatMap(({ path: name, object, isexec, size }): readonly ForeignFile[] =>
    isWithin(name, path) && !/(^|\/)\.dvc\//.test(name)
      ? [{ path: name, isexec, size, md5: null, isOut: false, source: { kind: 'git', object } }]
      : [],
  )
}

function diskFiles(root: string, top: string): readonly ForeignFile[] {
  const found: ForeignFile[] = []
  const visit = (path: string): void => {
    const absolute = join(root, path)
    const stats = statSync(absolute, { throwIfNoEntry: false })
    if (stats?.isFile() === true) {
      const isexec = (stats.mode & 0o100) !== 0
      const source = { kind: 'disk', absolute } as const
      found.push({ path, isexec, size: stats.size, md5: null, isOut: false, source })
    }
    if (stats?.isDirectory() !== true) return
    if (path !== top && lstatSync(absolute).isSymbolicLink()) return
    const isIgnored = readIgnoreRules(root, path)
    for (const entry of readdirSync(absolute, { withFileTypes: true })) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.name !== '.ratchet' && !isIgnored(child, entry.isDirectory())) visit(child)
    }
  }
  visit(top)
  return found
}

async function outFiles(
  project: DataProject,
  out: TrackedOut,
  bringListing: BringListing,
): Promise<readonly ForeignFile[]> {
  const { path, hash } = out
  if (hash === null) return []
  const { md5, size, isexec = false } = hash
  const from = (oid: string) => ({ kind: 'cache', md5: oid, out }) as const
  if (!md5.endsWith('.dir')) return [{ path, isexec, size, md5, isOut: true, source: from(md5) }]
  if (!isCached(project, md5)) await bringListing(out)
  return readDirObject(project, md5).map((entry) => ({
    path: `${path}/${entry.relpath}`,
    isexec: false,
    size: null,
    md5: entry.md5,
    isOut: true,
    source: from(entry.md5),
  }))
}
