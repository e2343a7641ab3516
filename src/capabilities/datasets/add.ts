import { existsSync, lstatSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { addWithin } from './add-within.ts'
import { checkoutPath } from './checkout.ts'
import { pathInside } from './containment.ts'
import {
  type DvcFile,
  dvcFileFor,
  dvcFileText,
  listsFiles,
  readDvcFile,
  writeDvcFile,
} from './dvc-file.ts'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { trackedParent } from './find-files.ts'
import { gitignorePath, isGitTracked, refuseGitIgnored } from './git.ts'
import { hashPath, type HashOptions, type PathContent } from './hash-path.ts'
import { refuseAdd } from './may-add.ts'
import { refuseTooLong } from './name-limits.ts'
import { notePlaced } from './placed-paths.ts'
import type { DataProject } from './project.ts'
import { filesAsAdded } from './versioned/files-as-added.ts'

/** A dataset at one content: what `add` recorded. */
export interface AddedDataset {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly file: string
  readonly md5: string
  readonly size: number
  /** Of a folder: how many files. */
  readonly nfiles: number | null
  /** The content differs from what was tracked before. */
  readonly changed: boolean
  readonly previousMd5: string | null
  /** The files to commit with Git. */
  readonly written: readonly string[]
}

export interface AddOptions extends Omit<HashOptions, 'store' | 'legacy'> {
  /** Writes the `.dvc` file only; `commit` brings the content into the cache later. */
  readonly noCommit?: boolean | undefined
  /** The `.dvc` file that tracks it already; looked for beside it and beside the folders above it unless given. */
  readonly trackedBy?: string | null | undefined
}

/**
 * Versions a file or folder as `dvc add` does: content into the cache, then the `.dvc` file, then `.gitignore`.
 * A path within a tracked folder changes that folder's listing. The workspace file is touched only where `cache.type` asks
 * for hard or symbolic links. Stopped anywhere, a second run finishes the work.
 * @throws DATASET_NOT_FOUND, DATASET_OUTSIDE, DATASET_OVERLAPS, DATASET_CHANGED_WHILE_READ
 */
export async function addDataset(
  project: DataProject,
  path: string,
  options: AddOptions = {},
): Promise<AddedDataset> {
  const { relative } = pathInside(project.root, path)
  const existing = trackedAs(project, relative, options.trackedBy)
  if (existing !== null && existing.path !== relative)
    return addWithin(project, { existing, relative }, options)
  await refuseToTrack(project, relative, existing)
  const hash = await contentToRecord(project, { relative, existing }, options)
  refuseTrackedWithin(project, relative, hash)
  const file = existing?.file ?? dvcFileFor(relative)
  const { md5, size, nfiles } = hash
  const text = dvcFileText(relative, { ...hash, files: listed(project, hash, existing) }, existing)
  const wrote = writeDvcFile(project, file, text)
  const ignored = await gitignorePath(project, relative)
  if (options.noCommit !== true) await shareWithCache(project, relative, hash)
  if (options.noCommit !== true) notePlaced(project, [relative])
  const previousMd5 = existing?.hash?.md5 ?? null
  const written = [...(wrote ? [file] : []), ...(ignored === null ? [] : [ignored])]
  const changed = previousMd5 !== md5
  return { path: relative, file, md5, size, nfiles: nfiles ?? null, changed, previousMd5, written }
}

// A folder that remotes with versions hold stays recorded file by file.
function listed(project: DataProject, { entries }: PathContent, existing: DvcFile | null) {
  if (existing === null || entries === undefined || !listsFiles(existing)) return undefined
  const before = existing.outs[0]?.files ?? []
  return filesAsAdded(project, existing.path, { before, entries })
}

// Where links are configured, the workspace gives its own copy up for one; where they are not, a link for a copy. What
// changed since it was hashed is in no cache, and the checkout refuses to touch it.
async function shareWithCache(
  project: DataProject,
  path: string,
  hash: PathContent,
): Promise<void> {
  const [kind] = project.linkTypes
  const toLinks = kind === 'hardlink' || kind === 'symlink'
  if (!toLinks && !isLinked(project, path, hash)) return
  await checkoutPath(project, { path, hash, relink: true })
}

/** A single file of which what is written to it would be in another place, too. */
function isLinked({ root }: DataProject, path: string, { md5 }: PathContent): boolean {
  if (md5.endsWith('.dir')) return false
  const here = lstatSync(fsPath(join(root, path)))
  return here.isSymbolicLink() || here.nlink > 1
}

// Data of DVC 2 that did not change stays as it is recorded.
async function contentToRecord(
  project: DataProject,
  { relative, existing }: { readonly relative: string; readonly existing: DvcFile | null },
  { noCommit = false, ...options }: AddOptions,
): Promise<PathContent> {
  if (existing?.hash?.legacy === true) {
    const old = await hashPath(project, relative, { ...options, store: false, legacy: true })
    if (old.md5 === existing.hash.md5) return old
  }
  return hashPath(project, relative, { ...options, store: !noCommit })
}

function trackedAs(
  project: DataProject,
  relative: string,
  trackedBy: string | null | undefined,
): DvcFile | null {
  if (trackedBy !== undefined) return trackedBy === null ? null : readDvcFile(project, trackedBy)
  const parent = trackedParent(project, relative)
  const file = dvcFileFor(parent ?? relative)
  return existsSync(join(project.root, file)) ? readDvcFile(project, file) : null
}

// Everything that could forbid the add is looked at before anything is written.
async function refuseToTrack(
  project: DataProject,
  relative: string,
  existing: DvcFile | null,
): Promise<void> {
  refuseRecords(relative)
  const absolute = join(project.root, relative)
  refuseTooLong(`${absolute}.dvc`)
  if (statSync(fsPath(absolute), { throwIfNoEntry: false }) === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: relative, path: relative })
  if (existing !== null) return
  refuseAdd(project, relative)
  await refuseGitIgnored(project, dvcFileFor(relative))
  if (await isGitTracked(project, relative))
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${relative} is already tracked by Git`,
      path: relative,
      next: `Run \`git rm -r --cached ${relative}\`, commit, and add it again.`,
    })
}

function refuseTrackedWithin(
  project: DataProject,
  relative: string,
  { entries }: PathContent,
): void {
  for (const { relpath } of entries ?? []) {
    if (posix.basename(relpath) === '.dvcignore')
      throw datasetErrors.DATASET_IGNORED({
        detail: `${relative}/${relpath} would be data itself; DVC reads no tracked folder with such a file in it`,
        path: `${relative}/${relpath}`,
        next: `Move its lines into a .dvcignore above ${relative}.`,
      })
    if (!relpath.endsWith('.dvc')) continue
    const inner = readDvcFile(project, `${relative}/${relpath}`)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${inner.path} in ${relative} is tracked by itself`,
      path: inner.file,
      next: `Delete ${inner.file} to track it as a part of ${relative}, or add its neighbours one by one.`,
    })
  }
}

function refuseRecords(relative: string): void {
  const name = relative.split('/').at(-1) ?? ''
  const records = ['.gitignore', '.dvcignore', 'dvc.yaml', 'dvc.lock']
  if (!records.includes(name) && !name.endsWith('.dvc')) return
  throw datasetErrors.DATASET_OUTSIDE({
    detail: `${relative} describes data; Git versions it`,
    path: relative,
  })
}
