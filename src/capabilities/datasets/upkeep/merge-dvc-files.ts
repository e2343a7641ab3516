import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { cachePath } from '../cache.ts'
import { type DirEntry, encodeDirObject, readDirObject } from '../dir-object.ts'
import { type DvcFile, type DvcOut, parseDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import { withHash } from '../stage-document.ts'
import { type RecordedFile, withListedFiles } from '../versioned/recorded-files.ts'
import { editYaml } from '../yaml-edit.ts'
import type { YamlMap } from '../yaml-values.ts'

/** The three sides of a merge: the texts of one `.dvc` file. */
export interface MergeSides {
  readonly ancestor: string
  readonly ours: string
  readonly theirs: string
}

export interface MergedFile {
  readonly text: string
  /** The listing of the merged folder, to be stored under its name; null where one side says nothing. */
  readonly listing: { readonly oid: string; readonly bytes: Buffer } | null
}

/**
 * Merges two versions of a tracked folder file by file: what one side changed is taken, what both changed alike too.
 * Where files are listed with their versions on a remote, each keeps the version of the side it comes from.
 * @throws DATASET_MERGE_CONFLICT when they disagree on a file, or are not both one folder that was added
 */
export function mergeDvcFiles(project: DataProject, sides: MergeSides): MergedFile {
  const [before, ours, theirs] = [sides.ancestor, sides.ours, sides.theirs].map((text) =>
    text === '' ? null : readFolder(project, text),
  )
  if (!theirs) return { text: sides.ours, listing: null }
  if (!ours) return { text: sides.theirs, listing: null }
  for (const side of [before, theirs])
    if (side && !isDeepStrictEqual(optionsOf(side), optionsOf(ours)))
      throw conflict(`${ours.path} has another path or other options on one side`)
  const entries = mergeEntries(
    before ? listingOf(project, before) : [],
    listingOf(project, ours),
    listingOf(project, theirs),
  )
  const listing = encodeDirObject(entries)
  const size = sizeOf(project, entries)
  const hash = { md5: listing.oid, size: size ?? 0, nfiles: entries.length }
  const merged = new Map(withHash(ours.entry, hash))
  if (size === null) merged.delete('size')
  const listed = [...(ours.files ?? []), ...(theirs.files ?? [])]
  const entry = listed.length === 0 ? merged : withListedFiles(merged, filesOf(entries, listed))
  const document = new Map(ours.document).set('outs', [entry])
  return { text: editYaml(ours.text, document, ours.file), listing }
}

type Folder = Pick<DvcFile, 'file' | 'text' | 'document'> & DvcOut

function readFolder({ root }: DataProject, text: string): Folder {
  const read = parseDvcFile(root, 'merged.dvc', text)
  const [out, second] = read.outs
  if (out === undefined || second !== undefined || read.deps.length > 0)
    throw conflict('only what was added is merged, no import and no .dvc file with several outputs')
  if (out.hash?.md5.endsWith('.dir') !== true)
    throw conflict(`${read.path} is not a folder: choose one side`)
  return { ...out, file: read.file, text: read.text, document: read.document }
}

// All that is no content.
function optionsOf({ entry }: Folder): YamlMap {
  const options = new Map(entry)
  for (const key of ['md5', 'size', 'nfiles', 'files']) options.delete(key)
  return options
}

function listingOf(project: DataProject, { entry, files, hash }: Folder): readonly DirEntry[] {
  return entry.has('files') ? (files ?? []) : readDirObject(project, hash?.md5 ?? '')
}

// As DVC: known where the cache has all the files.
function sizeOf(project: DataProject, entries: readonly DirEntry[]): number | null {
  let size = 0
  for (const { md5 } of entries) {
    const stats = statSync(cachePath(project, md5), { throwIfNoEntry: false })
    if (stats === undefined) return null
    size += stats.size
  }
  return size
}

function filesOf(
  entries: readonly DirEntry[],
  listed: readonly RecordedFile[],
): readonly RecordedFile[] {
  // Of two that are the same, one may have been pushed.
  const pushedLast = listed.toSorted(
    (a, b) => Number(a.stored !== null) - Number(b.stored !== null),
  )
  const known = new Map(pushedLast.map((file) => [`${file.md5} ${file.relpath}`, file]))
  return entries
    .map(({ relpath, md5 }) => {
      const unlisted = { relpath, md5, size: undefined, isexec: false, stored: null }
      return known.get(`${md5} ${relpath}`) ?? unlisted
    })
    .toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
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
