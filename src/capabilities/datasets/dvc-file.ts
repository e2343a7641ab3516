import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { conflictLine } from './conflict-marks.ts'
import { pathInside } from './containment.ts'
import { encodeDirObject } from './dir-object.ts'
import { checkDvcShape, entriesOf } from './dvc-file-shape.ts'
import { datasetErrors } from './errors.ts'
import type { PathHash } from './hash-path.ts'
import { writeAtomically } from './write-atomically.ts'
import type { DataProject } from './project.ts'
import { type RecordedFile, recordedFiles, withListedFiles } from './versioned/recorded-files.ts'
import { editYaml } from './yaml-edit.ts'
import { emitYaml } from './yaml-emit.ts'
import { parseYaml } from './yaml-parse.ts'
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts'

/** One output of a `.dvc` file. */
export interface DvcOut {
  /** From the root; null when it lies outside the project and DVC keeps no copy of it. */
  readonly path: string | null
  /** Null when it was written without content (a partial import). */
  readonly hash: PathHash | null
  readonly cache: boolean
  /** False: never pushed. */
  readonly push: boolean
  /** The remote that it alone is kept in. */
  readonly remote: string | null
  /** Its files one by one, where remotes that keep versions were used. */
  readonly files: readonly RecordedFile[] | null
  /** All that the file says of it. */
  readonly entry: YamlMap
}

/** A `.dvc` file: which path it tracks and with which content. */
export interface DvcFile {
  /** The `.dvc` file itself, from the root. */
  readonly file: string
  /** What it tracks, from the root. */
  readonly path: string
  /** Null when it was written without content (a partial import). */
  readonly hash: PathHash | null
  readonly text: string
  readonly document: YamlMap
  /** The folder its paths start from, from the root; '' is the root. */
  readonly wdir: string
  readonly outs: readonly DvcOut[]
  /** Where an import comes from. */
  readonly deps: readonly YamlMap[]
  readonly frozen: boolean
}

/** @throws DATASET_FILE_INVALID, DATASET_OUTSIDE */
export function readDvcFile(project: DataProject, file: string): DvcFile {
  return parseDvcFile(project.root, file, readFileSync(join(project.root, file), 'utf8'))
}

function refuseConflict(text: string, file: string): void {
  const line = conflictLine(text)
  if (line === null) return
  throw datasetErrors.DATASET_MERGE_CONFLICT({
    detail: `${file}:${line} begins with the mark of a merge conflict`,
    path: `${file}:${line}`,
  })
}

/** @throws DATASET_FILE_INVALID, DATASET_MERGE_CONFLICT, DATASET_OUTSIDE */
export function parseDvcFile(root: string, file: string, text: string): DvcFile {
  refuseConflict(text, file)
  const document = checkDvcShape(parseYaml(text, file), file)
  const folder = posix.join(posix.dirname(file), String(document.get('wdir') ?? '.'))
  const wdir = folder === '.' ? '' : pathInside(root, folder).relative
  const outs = entriesOf(document, 'outs', file).map((entry) =>
    readOut(root, file, { wdir, entry }),
  )
  const [first] = outs
  if (first === undefined || first.path === null)
    throw invalid(file, 'it has no output in the project')
  return {
    file,
    text,
    document,
    wdir,
    outs,
    path: first.path,
    hash: first.hash,
    deps: entriesOf(document, 'deps', file),
    frozen: document.get('frozen') === true || document.get('locked') === true,
  }
}

function readOut(
  root: string,
  file: string,
  { wdir, entry }: { readonly wdir: string; readonly entry: YamlMap },
): DvcOut {
  const cache = entry.get('cache') !== false
  const name = String(entry.get('path'))
  const outside =
    !cache && (/^\w+:\/\//.test(name) || posix.isAbsolute(name) || name.startsWith('../'))
  const remote = entry.get('remote')
  return {
    path: outside ? null : pathInside(root, name, join(root, wdir)).relative,
    hash: readHash(entry, file),
    cache,
    push: entry.get('push') !== false,
    remote: typeof remote === 'string' ? remote : null,
    files: recordedFiles(entry, file),
    entry,
  }
}

/** The content that an entry of a `.dvc` file or of `dvc.lock` records. @throws DATASET_FILE_INVALID */
function readHash(out: YamlMap, file: string): PathHash | null {
  const md5 = out.get('md5')
  if (md5 === undefined || md5 === null || md5 === '') return filesHash(out, file)
  const oid = String(md5).toLowerCase()
  if (!/^[0-9a-f]{32}(\.dir)?$/.test(oid)) throw invalid(file, `outs[0].md5 "${oid}" is no hash`)
  const nfiles = out.get('nfiles')
  return {
    md5: oid,
    size: Number(out.get('size') ?? 0),
    ...(typeof nfiles === 'number' ? { nfiles } : {}),
    ...(out.get('isexec') === true ? { isexec: true } : {}),
    // DVC 2 wrote no kind of hash.
    ...(out.get('hash') === 'md5' ? {} : { legacy: true as const }),
  }
}

/** The hash of a folder that is recorded file by file follows from the list. */
export function filesHash(entry: YamlMap, file: string): PathHash | null {
  const files = Array.isArray(entry.get('files')) ? recordedFiles(entry, file) : null
  if (files === null || files.some(({ md5 }) => md5 === '')) return null
  return {
    md5: encodeDirObject(files).oid,
    size: files.reduce((sum, { size = 0 }) => sum + size, 0),
    nfiles: files.length,
    ...(entry.get('hash') === 'md5' ? {} : { legacy: true as const }),
  }
}

function invalid(file: string, detail: string) {
  return datasetErrors.DATASET_FILE_INVALID({ detail, path: file })
}

/** The name of the file that tracks a path: beside it, with `.dvc`. */
export function dvcFileFor(path: string): string {
  return `${path}.dvc`
}

/** What is recorded of data: for a folder that is recorded file by file also its files. */
export interface Recording extends Omit<PathHash, 'size'> {
  readonly size?: number
  readonly files?: readonly RecordedFile[] | undefined
}

/** What `dvc add` writes: a new file, or the old one with its values replaced and all else kept. */
export function dvcFileText(path: string, hash: Recording, existing: DvcFile | null): string {
  const values: Readonly<Record<string, YamlValue | undefined>> = {
    md5: hash.md5,
    size: hash.size,
    nfiles: hash.nfiles,
    isexec: hash.isexec === true ? true : undefined,
    // Also of what had no content yet, and of data of DVC 2 whose content changed.
    ...(existing !== null && hash.legacy !== true ? { hash: 'md5' } : {}),
  }
  if (existing === null) {
    const entry = new Map<string, YamlValue>()
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) entry.set(key, value)
    if (hash.legacy !== true) entry.set('hash', 'md5')
    entry.set('path', posix.basename(path))
    return emitYaml(new Map([['outs', [entry]]]))
  }
  const isSame = existing.hash?.md5 === hash.md5
  if (isSame && listsFiles(existing))
    return editYaml(existing.text, existing.document, existing.file)
  const out = withValues(existing, values)
  // What a remote has of another content is no version of this one.
  if (!isSame) for (const key of ['cloud', 'etag', 'version_id', 'files']) out.delete(key)
  const listed = hash.files === undefined ? out : withListedFiles(out, hash.files)
  const document = new Map([...existing.document].filter(saysSomething)).set('outs', [listed])
  return editYaml(existing.text, document, existing.file)
}

// DVC writes nothing that is empty, nor the folder in which the file lies anyway.
function saysSomething([key, value]: readonly [string, YamlValue]): boolean {
  if (key === 'wdir' && value === '.') return false
  if (isYamlMap(value)) return value.size > 0
  const isNothing = value === null || value === false || value === ''
  return !isNothing && !(Array.isArray(value) && value.length === 0)
}

/** Whether a folder is recorded file by file, as for remotes that keep versions. */
export function listsFiles({ outs }: DvcFile): boolean {
  return Array.isArray(outs[0]?.entry.get('files'))
}

function withValues(
  { outs }: DvcFile,
  values: Readonly<Record<string, YamlValue | undefined>>,
): Map<string, YamlValue> {
  const out = new Map(outs[0]?.entry ?? new Map<string, YamlValue>())
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) out.delete(key)
    else out.set(key, value)
  }
  return out
}

/** True when the file was written; one that is as it should be keeps its times. */
export function writeDvcFile(project: DataProject, file: string, text: string): boolean {
  const absolute = join(project.root, file)
  if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) return false
  writeAtomically(absolute, text)
  return true
}
