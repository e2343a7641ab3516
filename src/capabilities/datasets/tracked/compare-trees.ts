import { compareCodePoints } from '../python-json.ts'
import { type DataTree, parentsOf, type TreeEntry } from './data-tree.ts'

export type ChangeKind = 'added' | 'modified' | 'deleted' | 'unchanged' | 'unknown'

/** What became of one path between two trees. */
export interface TreeChange {
  readonly kind: ChangeKind
  readonly path: string
  readonly old: TreeEntry | null
  readonly new: TreeEntry | null
}

export interface Renamed {
  readonly kind: 'renamed'
  readonly path: { readonly old: string; readonly new: string }
  readonly old: TreeEntry
  readonly new: TreeEntry
}

export interface CompareOptions {
  /** Only hashes count, as `dvc data status` compares; else also whether a path is a file or a folder. */
  readonly hashOnly: boolean
}

/** Every path of both trees, with what became of it; moved files are told as renamed, oldest name first. */
export function compareTrees(
  before: DataTree,
  after: DataTree,
  options: CompareOptions,
): readonly (TreeChange | Renamed)[] {
  const paths = new Set([...before.entries.keys(), ...after.entries.keys()])
  const changes = [...paths].toSorted(compareKeys).map((path): TreeChange => {
    const old = before.entries.get(path) ?? null
    const now = after.entries.get(path) ?? null
    const unknown = isIn(before.unknown, path) || isIn(after.unknown, path)
    return { kind: unknown ? 'unknown' : kindOf(old, now, options), path, old, new: now }
  })
  return withRenames(changes)
}

function isIn(folders: ReadonlySet<string>, path: string): boolean {
  return folders.size > 0 && parentsOf(path).some((folder) => folders.has(folder))
}

function kindOf(
  old: TreeEntry | null,
  now: TreeEntry | null,
  { hashOnly }: CompareOptions,
): ChangeKind {
  const byHash = hashKind(hashOf(old), hashOf(now))
  if (hashOnly) return byHash
  if (old === null) return 'added'
  if (now === null) return 'deleted'
  const sameShape = old.isDir === now.isDir
  if (byHash === 'unchanged') return sameShape ? 'unchanged' : 'modified'
  return 'modified'
}

// The two kinds of hash are never equal, even where their digits are.
function hashOf(entry: TreeEntry | null): string | null {
  if (entry === null || entry.md5 === null) return null
  return entry.legacy === true ? `dos2unix ${entry.md5}` : entry.md5
}

function hashKind(old: string | null, now: string | null): ChangeKind {
  if (old === now) return 'unchanged'
  if (old === null) return 'added'
  return now === null ? 'deleted' : 'modified'
}

// What was deleted and what was added with the same content are one file that moved: first with first.
function withRenames(changes: readonly TreeChange[]): readonly (TreeChange | Renamed)[] {
  const gone = new Map<string, TreeChange[]>()
  for (const change of changes)
    if (change.kind === 'deleted' && change.old?.md5 !== null && change.old !== null) {
      const md5 = change.old.md5
      gone.set(md5, [...(gone.get(md5) ?? []), change])
    }
  const moved = new Set<TreeChange>()
  const renamed = changes.flatMap((change): readonly Renamed[] => {
    const md5 = change.kind === 'added' ? (change.new?.md5 ?? null) : null
    const from = md5 === null ? undefined : gone.get(md5)?.shift()
    if (from?.old === null || from === undefined || change.new === null) return []
    moved.add(from).add(change)
    const path = { old: from.path, new: change.path }
    return [{ kind: 'renamed', path, old: from.old, new: change.new }]
  })
  return [...changes.filter((change) => !moved.has(change)), ...renamed]
}

/** Python's order of paths as tuples of names. */
export function compareKeys(a: string, b: string): number {
  const left = a.split('/')
  const right = b.split('/')
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const order = compareCodePoints(part, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}
