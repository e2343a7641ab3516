import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { datasetErrors } from './errors.ts'
import { decodeName, fsPath } from './file-names.ts'
import { type IsIgnored, readIgnoreRules } from './ignore.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'

export interface FoundFile {
  /** From the folder walked, with forward slashes; bytes that are no UTF-8 as lone surrogates. */
  readonly relpath: string
  /** Of what a symbolic link leads to; null for all else, which nobody has looked at yet. */
  readonly linked: Stats | null
}

/** A link that leads nowhere, as into a cache that was moved: refused, or no file. */
export type BrokenLinks = 'refused' | 'absent'

/**
 * Visits the files of a folder as DVC sees them, by their names: in the order of code points, symbolic links to files
 * followed, linked folders, ignored names and projects of their own left out; empty folders vanish.
 * @throws DATASET_UNSUPPORTED_FILE on a link that leads to no file
 */
export function walkFiles(
  project: DataProject,
  folder: string,
  visit: (file: FoundFile) => void,
  brokenLinks: BrokenLinks = 'refused',
): void {
  const isIgnored = readIgnoreRules(project.root, folder)
  const enter = (relative: string, prefix: string): void => {
    const folderPath = `${project.root}/${relative}`
    const entries = readEntries(folderPath)
    if (relative !== folder && entries.some(([name]) => name === '.dvc')) return
    for (const { name, entry } of inOrder(entries, relative, isIgnored)) {
      if (entry.isDirectory()) enter(`${relative}/${name}`, `${prefix}${name}/`)
      else if (!entry.isSymbolicLink()) visit({ relpath: prefix + name, linked: null })
      else {
        const linked = followed(`${folderPath}/${name}`, brokenLinks)
        if (linked !== null) visit({ relpath: prefix + name, linked })
      }
    }
  }
  enter(folder, '')
}

interface Named {
  /** Of a folder with its slash: so sorted, a walk visits whole paths in their order. */
  readonly key: string
  readonly name: string
  readonly entry: Entry
}

interface Entry {
  readonly isDirectory: () => boolean
  readonly isSymbolicLink: () => boolean
}

function inOrder(
  entries: readonly (readonly [string, Entry])[],
  relative: string,
  isIgnored: IsIgnored,
): readonly Named[] {
  const found: Named[] = []
  let isOdd = false
  for (const [name, entry] of entries) {
    const isFolder = entry.isDirectory()
    if (isIgnored(`${relative}/${name}`, isFolder)) continue
    isOdd ||= /[\ud800-\uffff]/.test(name)
    found.push({ key: isFolder ? `${name}/` : name, name, entry })
  }
  // Below the surrogates UTF-16 units sort as code points do, and the plain comparison is several times quicker.
  if (isOdd) return found.toSorted((a, b) => compareCodePoints(a.key, b.key))
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function readEntries(absolute: string): readonly (readonly [string, Entry])[] {
  try {
    const entries: readonly Dirent[] = readdirSync(fsPath(absolute), { withFileTypes: true })
    if (!entries.some(({ name }) => name.includes('\ufffd')))
      return entries.map((entry) => [entry.name, entry])
    // A name that is no UTF-8 cannot be told from its replacement; so these folders are read as bytes.
    const raw = readdirSync(fsPath(absolute), { withFileTypes: true, encoding: 'buffer' })
    return raw.map((entry) => [decodeName(entry.name), entry])
  } catch (error) {
    if ((error as { code?: string }).code !== 'EACCES') throw error
    throw datasetErrors.DATASET_UNREADABLE({ detail: absolute, path: absolute, cause: error })
  }
}

// Null for a link to a folder.
function followed(absolute: string, brokenLinks: BrokenLinks): Stats | null {
  const stats = targetOf(fsPath(absolute))
  if (stats?.isFile() === true) return stats
  if (stats?.isDirectory() === true) return null
  if (stats === undefined && brokenLinks === 'absent') return null
  const what =
    stats === undefined ? 'it is a link that leads nowhere' : 'it leads to a pipe, socket or device'
  throw datasetErrors.DATASET_UNSUPPORTED_FILE({ detail: `${absolute}: ${what}`, path: absolute })
}

function targetOf(path: string | Buffer): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // Links in a circle.
    if ((error as { code?: string }).code === 'ELOOP') return undefined
    throw error
  }
}
