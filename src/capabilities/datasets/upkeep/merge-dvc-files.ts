import { type DirEntry, encodeDirObject, readDirObject } from '../dir-object.ts'
import { type DvcFile, parseDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { withHash } from '../stage-document.ts'
import { editYaml } from '../yaml-edit.ts'

/** The three sides of a merge: the texts of one `.dvc` file. */
export interface MergeSides {
  readonly ancestor: string
  readonly ours: string
  readonly theirs: string
}

export interface MergedFile {
  readonly text: string
  /** The listing of the merged folder, to be stored under its name. */
  readonly listing: { readonly oid: string; readonly bytes: Buffer }
}

/**
 * Merges two versions of a tracked folder file by file: what one side changed is taken, what both changed alike
 * too. @throws DATASET_MERGE_CONFLICT when they disagree on a file, or when it is not a folder
 */
export function mergeDvcFiles(project: DataProject, sides: MergeSides): MergedFile {
  const read = (text: string): DvcFile | null =>
    text === '' ? null : parseDvcFile(project.root, 'merged.dvc', text)
  const ours = read(sides.ours)
  const theirs = read(sides.theirs)
  const before = read(sides.ancestor)
  if (ours === null || theirs === null || ours.path !== theirs.path)
    throw conflict('one side has no such file, or another path in it')
  const listed = [before, ours, theirs].map((side) => listingOf(project, side))
  const entries = mergeEntries(listed[0] ?? [], listed[1] ?? [], listed[2] ?? [])
  const listing = encodeDirObject(entries)
  const sizes = ours.hash?.size ?? 0
  const hash = { md5: listing.oid, size: sizes, nfiles: entries.length }
  const entry = new Map(withHash(ours.outs[0]?.entry ?? new Map(), hash))
  // The size of the merged folder is known only when it is next hashed.
  if (listing.oid !== ours.hash?.md5) entry.delete('size')
  const document = new Map(ours.document).set('outs', [entry])
  return { text: editYaml(ours.text, document, ours.file), listing }
}

function listingOf(project: DataProject, side: DvcFile | null): readonly DirEntry[] {
  if (side === null) return []
  const md5 = side.hash?.md5 ?? ''
  if (!md5.endsWith('.dir')) throw conflict(`${side.path} is not a folder: choose one side`)
  return readDirObject(project, md5)
}

/** One listing of three. @throws DATASET_MERGE_CONFLICT naming the first file on which both sides disagree */
export function mergeEntries(
  before: readonly DirEntry[],
  ours: readonly DirEntry[],
  theirs: readonly DirEntry[],
): readonly DirEntry[] {
  const [old, mine, other] = [before, ours, theirs].map(
    (entries) => new Map(entries.map(({ relpath, md5 }) => [relpath, md5])),
  ) as [Map<string, string>, Map<string, string>, Map<string, string>]
  const names = new Set([...mine.keys(), ...other.keys()])
  return [...names].flatMap((relpath) => {
    const [was, left, right] = [old.get(relpath), mine.get(relpath), other.get(relpath)]
    const both = left !== was && right !== was && left !== right
    if (both) throw conflict(`both sides changed ${relpath}`)
    const md5 = left === was ? right : left
    return md5 === undefined ? [] : [{ relpath, md5 }]
  })
}

function conflict(detail: string) {
  return datasetErrors.DATASET_MERGE_CONFLICT({ detail })
}
