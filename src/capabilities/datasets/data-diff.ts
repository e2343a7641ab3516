import { isCached } from './cache.ts'
import { datasetErrors } from './errors.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'
import { compareTrees, type Renamed, type TreeChange } from './tracked/compare-trees.ts'
import {
  type DataTree,
  narrowTree,
  recordedTree,
  type TreeEntry,
  workspaceTree,
} from './tracked/data-tree.ts'
import { findCommit, requireCommit } from './tracked/git-objects.ts'
import { readTrackedOuts, type ReadStageOuts, type TrackedOut } from './tracked/outs.ts'
import { isTargeted, isTouched } from './tracked/paths.ts'
import { committedRecords, workspaceRecords } from './tracked/records.ts'

export interface DiffEntry {
  readonly path: string | { readonly old: string; readonly new: string }
  readonly hash: string | null | { readonly old: string | null; readonly new: string | null }
}

/** What `dvc diff` tells, each list by path. */
export interface DataDiff {
  readonly added: readonly DiffEntry[]
  readonly deleted: readonly DiffEntry[]
  readonly modified: readonly DiffEntry[]
  readonly renamed: readonly DiffEntry[]
  /** Recorded content that cannot be checked out; only against the workspace. */
  readonly notInCache: readonly DiffEntry[]
}

export interface DiffRequest {
  readonly from?: string | undefined
  /** The workspace unless given. */
  readonly to?: string | undefined
  readonly targets?: readonly string[] | undefined
  readonly readStageOuts: ReadStageOuts
}

/**
 * Every file that differs between two revisions, or a revision and the workspace.
 * @throws DATASET_REVISION_UNKNOWN, DATASET_NOT_FOUND for a target that neither side tracks
 */
export async function diffData(project: DataProject, request: DiffRequest): Promise<DataDiff> {
  const { from = 'HEAD', to } = request
  const nothing = { added: [], deleted: [], modified: [], renamed: [], notInCache: [] }
  refuseWithoutGit(project)
  if ((await findCommit(project.root, 'HEAD')) === null) return nothing
  const before = await requireCommit(project.root, from)
  const after = to === undefined ? null : await requireCommit(project.root, to)
  if (before === after) return nothing
  const old = await sideAt(project, before, request)
  const now = await sideAt(project, after, request)
  refuseUntracked([...old.outs, ...now.outs], request.targets ?? [])
  const changes = compareTrees(old.tree, now.tree, { hashOnly: false }).filter((change) =>
    isAsked(change, request.targets ?? []),
  )
  return { ...grouped(changes), notInCache: after === null ? missing(project, changes) : [] }
}

function refuseWithoutGit({ root, git, noScm }: DataProject): void {
  if (git) return
  throw datasetErrors.DATASET_REVISION_UNKNOWN({
    detail: noScm ? '.dvc/config says core.no_scm' : `${root} lies in no Git repository`,
    next: 'Compare commits where Git has some; `ratchet status` compares data with its records.',
  })
}

function refuseUntracked(outs: readonly TrackedOut[], targets: readonly string[]): void {
  const unknown = targets.find((target) => !outs.some((out) => concerns(out, [target])))
  if (unknown !== undefined)
    throw datasetErrors.DATASET_NOT_FOUND({
      detail: `${unknown} is tracked on neither side`,
      path: unknown,
    })
}

interface Side {
  /** What the targets concern. */
  readonly outs: readonly TrackedOut[]
  readonly tree: DataTree
}

async function sideAt(
  project: DataProject,
  commit: string | null,
  { readStageOuts, targets = [] }: DiffRequest,
): Promise<Side> {
  const records =
    commit === null ? workspaceRecords(project) : await committedRecords(project.root, commit)
  try {
    const all = await readTrackedOuts(project, records, readStageOuts)
    const outs = all.filter((out) => concerns(out, targets))
    const granular = true
    const tree =
      commit === null
        ? await workspaceTree(project, outs, { granular })
        : recordedTree(project, outs, { granular })
    const isWhole = targets.some((target) => target.endsWith('.dvc'))
    return { outs, tree: isWhole ? tree : narrowTree(tree, targets) }
  } finally {
    records.close()
  }
}

function concerns({ path, file }: TrackedOut, targets: readonly string[]): boolean {
  return targets.includes(file) || isTouched(path, targets)
}

type Change = TreeChange | Renamed

// Folders without a hash only lead to data.
function isAsked(change: Change, targets: readonly string[]): boolean {
  const folder = (entry: TreeEntry | null): boolean => entry?.isDir === true && entry.md5 === null
  if (folder(change.old) || folder(change.new)) return false
  const path = change.kind === 'renamed' ? change.path.new : change.path
  return targets.some((target) => target.endsWith('.dvc')) || isTargeted(path, targets)
}

function grouped(changes: readonly Change[]): Omit<DataDiff, 'notInCache'> {
  const of = (kind: Change['kind']): readonly DiffEntry[] =>
    changes
      .filter((change) => change.kind === kind)
      .map(toEntry)
      .toSorted((a, b) => compareCodePoints(sortPath(a), sortPath(b)))
  return {
    added: of('added'),
    deleted: of('deleted'),
    modified: of('modified'),
    renamed: of('renamed'),
  }
}

function sortPath({ path }: DiffEntry): string {
  return typeof path === 'string' ? path : path.old
}

function toEntry(change: Change): DiffEntry {
  if (change.kind === 'renamed')
    return {
      path: { old: shown(change.path.old, change.old), new: shown(change.path.new, change.new) },
      hash: change.old.md5,
    }
  const { old, new: now, path } = change
  if (change.kind === 'modified')
    return {
      path: shown(path, old),
      hash: { old: old?.md5 ?? null, new: now?.md5 ?? null },
    }
  return { path: shown(path, now ?? old), hash: (now ?? old)?.md5 ?? null }
}

function shown(path: string, entry: TreeEntry | null): string {
  return entry?.isDir === true ? `${path}/` : path
}

function missing(project: DataProject, changes: readonly Change[]): readonly DiffEntry[] {
  return changes
    .flatMap((change) => {
      const md5 = change.old?.md5 ?? null
      if (md5 === null || isCached(project, md5, undefined, change.old?.legacy)) return []
      const path = change.kind === 'renamed' ? change.path.old : change.path
      return [{ path: shown(path, change.old), hash: md5 }]
    })
    .toSorted((a, b) => compareCodePoints(sortPath(a), sortPath(b)))
}
