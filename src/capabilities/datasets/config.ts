import { readFileSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { namedSettingsFolders } from '../../base/settings-folders.ts'
import { datasetErrors } from './errors.ts'
import { type RemoteValue, resolvePath } from './remotes/settings.ts'

export type LinkType = 'reflink' | 'copy' | 'hardlink' | 'symlink'

/** Where a setting stands; a later one wins. `repo` is under version control and so may come from others. */
export type ConfigLevel = 'system' | 'global' | 'repo' | 'local'

/** Section → key → value, all levels merged. */
export type DvcSettings = ReadonlyMap<string, ReadonlyMap<string, RemoteValue>>

export interface DvcConfig {
  readonly cacheDir: string
  readonly linkTypes: readonly LinkType[]
  readonly noScm: boolean
  /** The cache belongs to a group of users (`cache.shared = group`). */
  readonly sharedCache: boolean
  readonly settings: DvcSettings
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
    if (at > 0) current.set(line.slice(0, at).trim().toLowerCase(), valueOf(line.slice(at + 1)))
  }
  return sections
}

// Without quotes a value ends where a remark starts, as ConfigObj reads it.
function valueOf(text: string): string {
  const trimmed = text.trim()
  const quoted = /^("[^"]*"|'[^']*')\s*(?:#.*)?$/.exec(trimmed)
  return unquote(quoted?.[1] ?? trimmed.replace(/#.*$/, ''))
}

function unquote(text: string): string {
  const trimmed = text.trim()
  return /^(['"]).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

/** The files that DVC reads, the strongest last. */
export function configFiles(root: string): readonly (readonly [ConfigLevel, string])[] {
  const mac = platform() === 'darwin'
  const named = namedSettingsFolders()
  const system = mac ? '/Library/Application Support/dvc' : '/etc/xdg/dvc'
  const user = join(homedir(), mac ? 'Library/Application Support/dvc' : '.config/dvc')
  return [
    ['system', join(named.system ?? system, 'config')],
    ['global', join(named.user ?? user, 'config')],
    ['repo', join(root, '.dvc/config')],
    ['local', join(root, '.dvc/config.local')],
  ]
}

/** All settings of the system, the user, the project and this clone, in this order. */
export function readDvcSettings(root: string): DvcSettings {
  const merged = new Map<string, Map<string, RemoteValue>>()
  for (const [level, file] of configFiles(root))
    for (const [section, values] of parseDvcConfig(readOrEmpty(file))) {
      const target = merged.get(section) ?? new Map<string, RemoteValue>()
      merged.set(section, target)
      for (const [key, text] of values) target.set(key, { text, level, file })
    }
  return merged
}

/** The settings that decide where data goes. @throws DATASET_FILE_INVALID */
export function readDvcConfig(root: string): DvcConfig {
  const settings = readDvcSettings(root)
  const dir = settings.get('cache')?.get('dir')
  const types = settings.get('cache')?.get('type')
  const scm = settings.get('core')?.get('no_scm')
  return {
    cacheDir: dir === undefined ? join(root, '.dvc/cache') : resolvePath(dir),
    linkTypes: types === undefined ? ['reflink', 'copy'] : parseLinkTypes(types),
    noScm: scm !== undefined && /^(true|yes|on|1)$/i.test(scm.text),
    sharedCache: settings.get('cache')?.get('shared')?.text === 'group',
    settings,
  }
}

function parseLinkTypes({ text, file }: RemoteValue): readonly LinkType[] {
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
