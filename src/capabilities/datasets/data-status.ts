import { isCached } from './cache.ts'
import { git } from './git.ts'
import type { DataProject } from './project.ts'
import { type Renamed, compareTrees, type TreeChange } from './tracked/compare-trees.ts'
import {
  type DataTree,
  EMPTY_TREE,
  narrowTree,
  recordedTree,
  workspaceTree,
} from './tracked/data-tree.ts'
import { findCommit } from './tracked/git-objects.ts'
import { readTrackedOuts, type ReadStageOuts, type TrackedOut } from './tracked/outs.ts'
import { isTargeted, isTouched } from './tracked/paths.ts'
import { committedRecords, workspaceRecords } from './tracked/records.ts'

export interface PathChanges {
  readonly modified?: readonly string[]
  readonly added?: readonly string[]
  readonly deleted?: readonly string[]
  readonly renamed?: readonly { readonly old: string; readonly new: string }[]
  readonly unknown?: readonly string[]
}

/** What `dvc data status` tells: folders end in a slash. */
export interface DataStatus {
  readonly notInCache: readonly string[]
  readonly notInRemote: readonly string[]
  /** The last commit against the `.dvc` files and dvc.lock as they are. */
  readonly committed: PathChanges
  /** These files against the workspace. */
  readonly uncommitted: PathChanges
  readonly untracked: readonly string[]
  readonly unchanged: readonly string[]
  /** Git has changes of its own; false without Git. */
  readonly gitDirty: boolean
  /** There is no commit yet. */
  readonly gitEmpty: boolean
}

export interface DataStatusOptions {
  readonly targets?: readonly string[] | undefined
  readonly granular?: boolean | undefined
  readonly untracked?: boolean | undefined
  readonly readStageOuts: ReadStageOuts
  /** Of the outs, the paths that a remote lacks; asked only with `--not-in-remote`. */
  readonly findMissing?: ((outs: readonly TrackedOut[]) => Promise<readonly string[]>) | undefined
}

/** Compares the last commit, the records and the workspace. @throws DATASET_FILE_INVALID, DATASET_OUTSIDE */
export async function dataStatus(
  project: DataProject,
  options: DataStatusOptions,
): Promise<DataStatus> {
  const { granular = false, readStageOuts, targets = [] } = options
  const isAsked = (path: string): boolean => isTargeted(path, targets)
  const outs = await readTrackedOuts(project, workspaceRecords(project), readStageOuts)
  const touched = outs.filter(({ path }) => isTouched(path, targets))
  const recorded = narrowTree(recordedTree(project, touched, { granular }), targets)
  const found = narrowTree(await workspaceTree(project, touched, { granular }), targets)
  const uncommitted = select(compareTrees(recorded, found, { hashOnly: true }), isAsked)
  const head = project.git ? await headTree(project, options) : null
  const committed =
    head === null ? null : select(compareTrees(head.tree, recorded, { hashOnly: true }), isAsked)
  return {
    notInCache: notInCache(project, uncommitted),
    notInRemote: (await options.findMissing?.(touched)) ?? [],
    committed: group(committed ?? []),
    uncommitted: group(uncommitted),
    unchanged: unchangedInBoth(uncommitted, committed),
    ...(await gitState(project, options)),
    gitEmpty: head?.empty ?? false,
  }
}

type Change = TreeChange | Renamed

async function headTree(
  project: DataProject,
  { granular = false, readStageOuts, targets = [] }: DataStatusOptions,
): Promise<{ readonly tree: DataTree; readonly empty: boolean }> {
  const commit = await findCommit(project.root, 'HEAD')
  if (commit === null) return { tree: EMPTY_TREE, empty: true }
  const records = await committedRecords(project.root, commit)
  try {
    const outs = await readTrackedOuts(project, records, readStageOuts)
    const touched = outs.filter(({ path }) => isTouched(path, targets))
    const tree = narrowTree(recordedTree(project, touched, { granular }), targets)
    return { tree, empty: false }
  } finally {
    records.close()
  }
}

// A moved file is asked for by its new name; what has no hash on either side is only a folder on the way.
function select(changes: readonly Change[], isAsked: (path: string) => boolean): readonly Change[] {
  return changes.filter((change) => {
    if (!isAsked(change.kind === 'renamed' ? change.path.new : change.path)) return false
    if (change.kind === 'unchanged')
      return (change.old?.md5 ?? null) !== null || (change.new?.md5 ?? null) !== null
    return change.kind !== 'unknown' || change.new !== null
  })
}

function notInCache(project: DataProject, changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change) => {
    const md5 = change.old?.md5 ?? null
    if (md5 === null || isCached(project, md5, undefined, change.old?.legacy)) return []
    const path = change.kind === 'renamed' ? change.path.old : change.path
    return [change.old?.isDir === true ? `${path}/` : path]
  })
}

const shown = (change: TreeChange): string => {
  const isDir = change.new?.isDir ?? change.old?.isDir ?? false
  return isDir ? `${change.path}/` : change.path
}

function group(changes: readonly Change[]): PathChanges {
  const kinds = ['modified', 'added', 'deleted', 'unknown'] as const
  const lists = kinds.map(
    (kind) =>
      [kind, changes.flatMap((change) => (change.kind === kind ? [shown(change)] : []))] as const,
  )
  const renamed = changes.flatMap((change) =>
    change.kind === 'renamed'
      ? [{ old: slashed(change.path.old, change.old), new: slashed(change.path.new, change.new) }]
      : [],
  )
  const filled = lists.filter(([, list]) => list.length > 0)
  return { ...Object.fromEntries(filled), ...(renamed.length > 0 ? { renamed } : {}) }
}

function slashed(path: string, { isDir }: { readonly isDir: boolean }): string {
  return isDir ? `${path}/` : path
}

function unchangedInBoth(
  uncommitted: readonly Change[],
  committed: readonly Change[] | null,
): readonly string[] {
  const same = (changes: readonly Change[]): readonly string[] =>
    changes.flatMap((change) => (change.kind === 'unchanged' ? [shown(change)] : []))
  if (committed === null) return same(uncommitted)
  const also = new Set(same(committed))
  return same(uncommitted).filter((path) => also.has(path))
}

async function gitState(
  project: DataProject,
  { targets = [], untracked = false }: DataStatusOptions,
): Promise<{ readonly untracked: readonly string[]; readonly gitDirty: boolean }> {
  if (!project.git) return { untracked: [], gitDirty: false }
  const { output } = await git(project.root, ['status', '--porcelain', '--untracked-files=normal'])
  if (!untracked) return { untracked: [], gitDirty: output !== '' }
  const listed = await git(project.root, ['ls-files', '-o', '-z', '--exclude-standard'])
  const files = listed.output.split('\0').filter((path) => path !== '')
  return { untracked: files.filter((path) => isTargeted(path, targets)), gitDirty: output !== '' }
}
