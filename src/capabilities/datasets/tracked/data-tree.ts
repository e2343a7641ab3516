import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isCached } from '../cache.ts'
import { cachedListing } from '../dir-object.ts'
import { type DirEntry, listingEntries } from '../listing.ts'
import { hashPath } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import type { TrackedOut } from './outs.ts'
import { isTouched } from './paths.ts'

/** One path of the data. */
export interface TreeEntry {
  /** Null for a folder on the way, and for what was never hashed. */
  readonly md5: string | null
  readonly isDir: boolean
  /** Hashed as DVC 2 did. */
  readonly legacy?: boolean | undefined
}

/** All paths of the data at one time, as DVC indexes them. */
export interface DataTree {
  readonly entries: ReadonlyMap<string, TreeEntry>
  /** Folders whose listing is not at hand: nobody knows what is in them. */
  readonly unknown: ReadonlySet<string>
}

export const EMPTY_TREE: DataTree = { entries: new Map(), unknown: new Set() }

export interface TreeOptions {
  /** Each file of tracked folders, not only the folders. */
  readonly granular: boolean
}

/** The data that records declare. */
export function recordedTree(
  project: DataProject,
  outs: readonly TrackedOut[],
  { granular }: TreeOptions,
): DataTree {
  const entries = new Map<string, TreeEntry>()
  const unknown = new Set<string>()
  for (const { path, hash } of outs) {
    const md5 = hash?.md5 ?? null
    const legacy = hash?.legacy
    const isDir = md5?.endsWith('.dir') === true
    addParents(entries, path)
    entries.set(path, { md5, isDir, legacy })
    if (!isDir || md5 === null || !granular) continue
    if (isCached(project, md5, undefined, legacy)) {
      const listed = listingEntries(cachedListing(project, md5, legacy))
      addFiles(entries, path, { files: listed, legacy })
    } else unknown.add(path)
  }
  return { entries, unknown }
}

/** The same paths as the workspace has them, hashed. */
export async function workspaceTree(
  project: DataProject,
  outs: readonly TrackedOut[],
  { granular }: TreeOptions,
): Promise<DataTree> {
  const entries = new Map<string, TreeEntry>()
  for (const { path, hash } of outs) {
    const legacy = hash?.legacy
    for (const parent of parentsOf(path))
      if (existsSync(join(project.root, parent))) entries.set(parent, { md5: null, isDir: true })
    if (statSync(join(project.root, path), { throwIfNoEntry: false }) === undefined) continue
    const content = await hashPath(project, path, { store: false, legacy })
    entries.set(path, { md5: content.md5, isDir: content.entries !== undefined, legacy })
    if (granular && content.entries !== undefined)
      addFiles(entries, path, { files: content.entries, legacy })
  }
  return { entries, unknown: new Set() }
}

function addFiles(
  entries: Map<string, TreeEntry>,
  folder: string,
  { files, legacy }: { readonly files: Iterable<DirEntry>; readonly legacy: boolean | undefined },
): void {
  for (const { relpath, md5 } of files) {
    for (const parent of parentsOf(relpath))
      entries.set(`${folder}/${parent}`, { md5: null, isDir: true })
    entries.set(`${folder}/${relpath}`, { md5, isDir: false, legacy })
  }
}

function addParents(entries: Map<string, TreeEntry>, path: string): void {
  for (const parent of parentsOf(path)) entries.set(parent, { md5: null, isDir: true })
}

/** The folders that lead to a path, the topmost first. */
export function parentsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'))
}

/** The part of a tree that lies in the targets or leads to them. */
export function narrowTree(tree: DataTree, targets: readonly string[]): DataTree {
  if (targets.length === 0) return tree
  const entries = [...tree.entries].filter(([path]) => isTouched(path, targets))
  return { entries: new Map(entries), unknown: tree.unknown }
}
