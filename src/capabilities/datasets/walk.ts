import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { datasetErrors } from './errors.ts'
import { decodeName, fsPath } from './file-names.ts'
import { type IsIgnored, readIgnoreRules } from './ignore.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'

export interface FoundFile {
  /** From the folder walked, with forward slashes; bytes that are no UTF-8 as lone surrogates. */
  readonly relpath: string
  readonly absolute: string
  readonly stats: Stats
}

/** @throws the same as `walkFiles` */
export function listFiles(project: DataProject, folder: string): readonly FoundFile[] {
  const found: FoundFile[] = []
  walkFiles(project, folder, (file) => void found.push(file))
  return found
}

/**
 * Visits the regular files of a folder as DVC sees them: in the order of code points, symbolic links to files
 * followed, linked folders and ignored names left out; empty folders vanish.
 * @throws DATASET_UNSUPPORTED_FILE on a pipe, socket or device
 */
export function walkFiles(
  project: DataProject,
  folder: string,
  visit: (file: FoundFile) => void,
): void {
  const isIgnored = readIgnoreRules(project.root, folder)
  const enter = (relative: string, prefix: string): void => {
    const folderPath = `${project.root}/${relative}`
    for (const { name, entry } of readFolder(folderPath, relative, isIgnored)) {
      const absolute = `${folderPath}/${name}`
      if (entry.isDirectory()) enter(`${relative}/${name}`, `${prefix}${name}/`)
      else {
        const stats = regularFile(absolute, entry.isSymbolicLink())
        if (stats !== null) visit({ relpath: prefix + name, absolute, stats })
      }
    }
  }
  enter(folder, '')
}

interface Named {
  /** Of a folder with its slash: so sorted, a walk visits whole paths in their order. */
  readonly key: string
  readonly name: string
  readonly entry: { readonly isDirectory: () => boolean; readonly isSymbolicLink: () => boolean }
}

function readFolder(absolute: string, relative: string, isIgnored: IsIgnored): readonly Named[] {
  const found = readEntries(absolute)
    .map(([name, entry]) => ({ key: entry.isDirectory() ? `${name}/` : name, name, entry }))
    .filter(({ name, entry }) => !isIgnored(`${relative}/${name}`, entry.isDirectory()))
  // Below the surrogates UTF-16 units sort as code points do, and the plain comparison is several times quicker.
  const odd = found.some(({ key }) => /[\ud800-\uffff]/.test(key))
  if (odd) return found.toSorted((a, b) => compareCodePoints(a.key, b.key))
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

type Entry = Named['entry']

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

function regularFile(absolute: string, isLink: boolean): Stats | null {
  const options = { throwIfNoEntry: false } as const
  const path = fsPath(absolute)
  const stats = isLink ? followed(path, options) : lstatSync(path, options)
  if (stats?.isFile() === true) return stats
  if (isLink && stats?.isDirectory() === true) return null
  const detail =
    stats === undefined ? 'it is a link that leads nowhere' : 'it is a pipe, socket or device'
  throw datasetErrors.DATASET_UNSUPPORTED_FILE({ detail: `${absolute}: ${detail}`, path: absolute })
}

function followed(
  path: string | Buffer,
  options: { readonly throwIfNoEntry: false },
): Stats | undefined {
  try {
    return statSync(path, options)
  } catch (error) {
    // Links in a circle.
    if ((error as { code?: string }).code === 'ELOOP') return undefined
    throw error
  }
}
