import { type BigIntStats, type Dirent, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { datasetErrors } from './errors.ts'
import { readIgnoreRules } from './ignore.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'

export interface FoundFile {
  /** From the folder walked, with forward slashes. */
  readonly relpath: string
  readonly absolute: string
  readonly stats: BigIntStats
}

/**
 * The regular files of a folder as DVC sees them: sorted by code point, symbolic links to files followed,
 * linked folders and ignored names left out, empty folders vanish.
 * @throws DATASET_UNSUPPORTED_FILE on a pipe, socket or device, and on a name that is not UTF-8.
 */
export function listFiles(project: DataProject, folder: string): readonly FoundFile[] {
  const isIgnored = readIgnoreRules(project.root, folder)
  const found: FoundFile[] = []
  const visit = (relative: string): void => {
    const within = relative.slice(folder.length + 1)
    for (const entry of readFolder(join(project.root, relative))) {
      const child = `${relative}/${entry.name}`
      const absolute = join(project.root, child)
      if (isIgnored(child, entry.isDirectory())) continue
      if (entry.isDirectory()) visit(child)
      else {
        const stats = regularFile(absolute, entry.isSymbolicLink())
        const relpath = within === '' ? entry.name : `${within}/${entry.name}`
        if (stats !== null) found.push({ relpath, absolute, stats })
      }
    }
  }
  visit(folder)
  return found.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
}

function readFolder(absolute: string): readonly Dirent[] {
  try {
    return readdirSync(absolute, { withFileTypes: true })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EACCES') throw error
    throw datasetErrors.DATASET_UNREADABLE({ detail: absolute, path: absolute, cause: error })
  }
}

function regularFile(absolute: string, isLink: boolean): BigIntStats | null {
  const options = { bigint: true, throwIfNoEntry: false } as const
  const stats = isLink ? statSync(absolute, options) : lstatSync(absolute, options)
  if (stats?.isFile() === true) return stats
  if (isLink && stats?.isDirectory() === true) return null
  const detail =
    stats === undefined ? 'it cannot be opened under its name' : 'it is a pipe, socket or device'
  throw datasetErrors.DATASET_UNSUPPORTED_FILE({ detail: `${absolute}: ${detail}`, path: absolute })
}
