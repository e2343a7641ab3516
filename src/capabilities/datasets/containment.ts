import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { datasetErrors } from './errors.ts'
import { refuseTooLong } from './name-limits.ts'

const RECORDS: ReadonlySet<string> = new Set(['.git', '.dvc', '.ratchet', '.hg'])
// The names of one MS-DOS that FAT and NTFS keep beside the long ones.
const SHORT_RECORDS = /^(?:git|dvc|ratche|hg)~\d+$/
const MAY_NAME_RECORDS = /^[.\u200c-\uffff]|~/
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/**
 * Whether some file system takes a name for the folder of records of Git, DVC or Ratchet: without case, without marks that
 * HFS+ leaves out, without the dots and blanks at the end and the streams behind a colon of Windows, by its short name.
 */
function namesRecords(part: string): boolean {
  if (!MAY_NAME_RECORDS.test(part)) return false
  const [stem = ''] = part.replaceAll(IGNORED_BY_HFS, '').toLowerCase().split(':')
  const name = stem.replace(/[. ]+$/, '')
  return RECORDS.has(name) || SHORT_RECORDS.test(name)
}

export interface InsidePath {
  readonly absolute: string
  /** From the project's root, with forward slashes. */
  readonly relative: string
}

/**
 * A path that may be read, written and deleted: inside the root by name and by symbolic links, and not among
 * the records of Git, DVC or Ratchet. `from` is where a relative path starts (the root unless given).
 * @throws DATASET_OUTSIDE
 */
export function pathInside(root: string, path: string, from: string = root): InsidePath {
  if (path === '' || path.includes('\0')) throw outside(path, 'it is no path')
  const absolute = resolve(from, path)
  const name = relative(root, absolute)
  if (name === '' || name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name))
    throw outside(path, 'it is not inside the project')
  refuseTooLong(absolute)
  const parts = name.split(sep)
  const record = parts.find(namesRecords)
  if (record !== undefined) throw outside(path, `${record} holds records, not data`)
  const parent = realParent(absolute)
  if (parent !== root && !parent.startsWith(root + sep))
    throw outside(path, `a symbolic link leads to ${parent}`)
  if (relative(root, parent).split(sep).some(namesRecords))
    throw outside(path, `a symbolic link leads into ${relative(root, parent)}`)
  return { absolute, relative: parts.join('/') }
}

/** The folder in which the path would be made, with symbolic links resolved as far as it exists. */
function realParent(absolute: string): string {
  let folder = dirname(absolute)
  for (;;) {
    try {
      return realpathSync(folder)
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
      folder = dirname(folder)
    }
  }
}

function outside(path: string, why: string) {
  return datasetErrors.DATASET_OUTSIDE({ detail: `"${path}": ${why}`, path })
}

/**
 * Why a relative path from a `.dir` object must not be used, or null when it may. Such objects come from
 * remotes, and DVC itself joins them unchecked.
 */
export function relpathFault(relpath: string): string | null {
  if (relpath === '' || relpath.includes('\0')) return 'is no path'
  if (isAbsolute(relpath) || /^[a-z]:/i.test(relpath)) return 'is absolute'
  if (sep === '\\' && relpath.includes('\\')) return 'holds a backslash'
  for (const part of relpath.split('/')) {
    if (part === '' || part === '.' || part === '..') return 'leads outside its folder'
    if (namesRecords(part)) return `names ${part}`
  }
  return null
}
