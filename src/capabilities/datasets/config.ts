import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { datasetErrors } from './errors.ts'

export type LinkType = 'reflink' | 'copy' | 'hardlink' | 'symlink'

export interface DvcConfig {
  readonly cacheDir: string
  readonly linkTypes: readonly LinkType[]
  readonly noScm: boolean
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/** DVC's INI: sections in brackets, keys in lower case, comments with # or ; at the start of a line. */
export function parseDvcConfig(text: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let current = new Map<string, string>()
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const header = /^\[(.*)\]$/.exec(line)
    if (header?.[1] !== undefined) {
      const name = unquote(header[1].trim())
      current = sections.get(name) ?? new Map<string, string>()
      sections.set(name, current)
      continue
    }
    const at = line.indexOf('=')
    if (at > 0) current.set(line.slice(0, at).trim().toLowerCase(), unquote(line.slice(at + 1)))
  }
  return sections
}

function unquote(text: string): string {
  const trimmed = text.trim()
  return /^(['"]).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

/** The settings that decide where data goes: the user's, then the project's, then this clone's own. */
export function readDvcConfig(root: string): DvcConfig {
  const dvc = join(root, '.dvc')
  const files = [
    join(homedir(), '.config/dvc/config'),
    join(dvc, 'config'),
    join(dvc, 'config.local'),
  ]
  let cacheDir = join(dvc, 'cache')
  let linkTypes: readonly LinkType[] = ['reflink', 'copy']
  let noScm = false
  for (const file of files) {
    const sections = parseDvcConfig(readOrEmpty(file))
    const dir = sections.get('cache')?.get('dir')
    // A relative folder is meant from the file that names it.
    if (dir !== undefined) cacheDir = isAbsolute(dir) ? dir : resolve(dirname(file), dir)
    const types = sections.get('cache')?.get('type')
    if (types !== undefined) linkTypes = parseLinkTypes(types, file)
    const scm = sections.get('core')?.get('no_scm')
    if (scm !== undefined) noScm = /^(true|yes|on|1)$/i.test(scm)
  }
  return { cacheDir, linkTypes, noScm }
}

function parseLinkTypes(text: string, file: string): readonly LinkType[] {
  const names = text.split(',').map((name) => unquote(name).toLowerCase())
  const known: readonly string[] = ['reflink', 'copy', 'hardlink', 'symlink']
  const wrong = names.find((name) => !known.includes(name))
  if (wrong !== undefined)
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: `cache.type "${wrong}" is none of ${known.join(', ')}`,
      path: file,
    })
  return names as readonly LinkType[]
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
