import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { type ConfigLevel, configFiles } from '../config.ts'
import { datasetErrors } from '../errors.ts'
import { writeAtomically } from '../write-atomically.ts'
import { emitIni, type IniSections, type IniValue, parseIni } from './ini.ts'
import { sectionFault } from './known-settings.ts'

/** Where settings are looked at and changed from. */
export interface SettingsPlace {
  /** The project's root; null outside of one: then only the user's and the system's level exist. */
  readonly root: string | null
  /** Where the user stands: relative paths that they type start here. */
  readonly cwd: string
}

export interface LevelFile {
  readonly level: ConfigLevel
  readonly file: string
}

/** The files of all levels that exist here, the strongest last. */
export function levelFiles({ root }: SettingsPlace): readonly LevelFile[] {
  const all = configFiles(root ?? '/').map(([level, file]) => ({ level, file }))
  return all.filter(({ level }) => root !== null || level === 'system' || level === 'global')
}

/** @throws DATASET_NO_PROJECT for a level of a project outside of one */
export function levelFile(place: SettingsPlace, level: ConfigLevel): LevelFile {
  const found = levelFiles(place).find((candidate) => candidate.level === level)
  if (found !== undefined) return found
  throw datasetErrors.DATASET_NO_PROJECT({ detail: `no .dvc in ${place.cwd} or above` })
}

/** One level as it is meant: paths absolute. @throws DATASET_CONFIG_INVALID */
export function readLevel({ file }: LevelFile): IniSections {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return mapPaths(parseIni(text, file), (path) => absolutePath(path, dirname(file)))
}

/** All levels up to one, or all, merged: a later one wins. */
export function readMerged(place: SettingsPlace, upTo?: ConfigLevel): IniSections {
  const merged: IniSections = new Map()
  for (const level of levelFiles(place)) {
    merge(merged, readLevel(level))
    if (level.level === upTo) break
  }
  return merged
}

function merge(into: IniSections, sections: IniSections): void {
  for (const [name, values] of sections)
    into.set(name, new Map([...(into.get(name) ?? []), ...values]))
}

/**
 * Changes one level and writes it in DVC's bytes. Checked before: all levels together must be what DVC accepts.
 * @throws DATASET_CONFIG_INVALID
 */
export function editLevel(
  place: SettingsPlace,
  level: ConfigLevel,
  change: (sections: IniSections) => void,
): void {
  const target = levelFile(place, level)
  const sections = readLevel(target)
  change(sections)
  refuseInvalid(place, { ...target, sections })
  const saved = mapPaths(sections, (path) => savedPath(path, dirname(target.file), place.cwd))
  mkdirSync(dirname(target.file), { recursive: true })
  writeAtomically(target.file, emitIni(inDvcOrder(saved)))
}

function refuseInvalid(
  place: SettingsPlace,
  changed: LevelFile & { readonly sections: IniSections },
): void {
  const merged: IniSections = new Map()
  for (const level of levelFiles(place))
    merge(merged, level.level === changed.level ? changed.sections : readLevel(level))
  for (const [name, values] of merged) {
    const fault = values.size === 0 ? null : sectionFault(name, values)
    if (fault !== null)
      throw datasetErrors.DATASET_CONFIG_INVALID({ detail: fault, path: changed.file })
  }
}

// DVC packs remotes, then databases, behind all other sections; sections without a key go.
function inDvcOrder(sections: IniSections): IniSections {
  const rank = (name: string): number =>
    ['remote "', 'machine "', 'db "'].findIndex((start) => name.startsWith(start))
  const filled = [...sections].filter(([name, values]) => values.size > 0 || rank(name) >= 0)
  return new Map(filled.toSorted(([a], [b]) => rank(a) - rank(b)))
}

const PATH_KEYS: ReadonlySet<string> = new Set(
  'url gdrive_user_credentials_file gdrive_service_account_json_file_path credentialpath configpath keyfile cert_path key_path'.split(
    ' ',
  ),
)

function mapPaths(sections: IniSections, change: (path: string) => string): IniSections {
  const isPath = (section: string, key: string): boolean =>
    section === 'cache' ? key === 'dir' : section.startsWith('remote "') && PATH_KEYS.has(key)
  const mapped = [...sections].map(([section, values]) => {
    const changed = [...values].map(([key, value]): [string, IniValue] => [
      key,
      typeof value === 'string' && isPath(section, key) ? change(value) : value,
    ])
    return [section, new Map(changed)] as const
  })
  return new Map(mapped)
}

// A path that was written relative to its file is marked, so that it is written relative again.
const RELATIVE = '\u0000'

function absolutePath(path: string, folder: string): string {
  if (/^\w+:\/\//.test(path) || isAbsolute(path) || path.startsWith('~')) return path
  return RELATIVE + resolve(folder, path)
}

function savedPath(path: string, folder: string, cwd: string): string {
  const marked = path.startsWith(RELATIVE)
  const plain = marked ? path.slice(1) : path
  if (/^\w+:\/\//.test(plain) || plain.startsWith('~')) return plain
  if (!marked && isAbsolute(plain)) return plain
  return relative(folder, resolve(cwd, plain)).replaceAll('\\', '/') || '.'
}

/** A value as people read it: paths absolute, the user's own folder in full. */
export function shownValue(value: IniValue): string {
  if (typeof value !== 'string') return `[${value.map((item) => `'${item}'`).join(', ')}]`
  if (value.startsWith(RELATIVE)) return value.slice(1)
  return value === '~' || value.startsWith('~/') ? homedir() + value.slice(1) : value
}
