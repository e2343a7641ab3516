import type { ConfigLevel } from '../config.ts'
import { datasetErrors } from '../errors.ts'
import {
  editLevel,
  levelFile,
  levelFiles,
  readLevel,
  readMerged,
  type SettingsPlace,
  shownValue,
} from './edit-settings.ts'
import type { IniSections } from './ini.ts'
import { set } from './settings.ts'

export interface ListedRemote {
  readonly name: string
  readonly url: string
  readonly isDefault: boolean
}

const section = (name: string): string => `remote "${name}"`
const CORE = { section: 'core', key: 'remote' } as const

/** The remotes of a level, or of all. */
export function listRemotes(place: SettingsPlace, level?: ConfigLevel): readonly ListedRemote[] {
  const sections = level === undefined ? readMerged(place) : readLevel(levelFile(place, level))
  const standard = sections.get('core')?.get('remote')
  return [...sections].flatMap(([title, values]) => {
    const name = /^remote "(.*)"$/.exec(title)?.[1]
    if (name === undefined) return []
    return [{ name, url: shownValue(values.get('url') ?? ''), isDefault: name === standard }]
  })
}

export interface NewRemote {
  readonly name: string
  readonly url: string
  readonly makeDefault: boolean
  /** Replaces one of the same name with all its settings. */
  readonly force: boolean
}

/** @throws DATASET_CONFIG_INVALID */
export function addRemote(place: SettingsPlace, level: ConfigLevel, remote: NewRemote): void {
  const name = remote.name.toLowerCase()
  editLevel(place, level, (sections) => {
    if (sections.has(section(name)) && !remote.force)
      throw invalid(`remote "${name}" exists already`, 'Add --force to replace it.')
    sections.set(section(name), new Map([['url', remote.url]]))
    if (remote.makeDefault) set(sections, { ...CORE, value: name })
  })
}

/** Sets an option of a remote that this or a weaker level has; `value` null takes it away. */
export function modifyRemote(
  place: SettingsPlace,
  level: ConfigLevel,
  { name: asked, option, value }: { name: string; option: string; value: string | null },
): void {
  const name = asked.toLowerCase()
  editLevel(place, level, (sections) => {
    if (!sections.has(section(name)) && !readMerged(place, level).has(section(name)))
      throw unknown(name)
    const values = sections.get(section(name)) ?? new Map<string, string>()
    sections.set(section(name), values)
    if (value === null) values.delete(option.toLowerCase())
    else values.set(option.toLowerCase(), value)
  })
}

/** Removes it, and what named it as the default at this level and above. */
export function removeRemote(place: SettingsPlace, level: ConfigLevel, asked: string): void {
  const name = asked.toLowerCase()
  if (!readLevel(levelFile(place, level)).has(section(name))) throw unknown(name)
  eachFrom(place, level, (sections, isTarget) => {
    if (isTarget) sections.delete(section(name))
    const core = sections.get('core')
    if (core?.get('remote') === name) core.delete('remote')
  })
}

/** Renames it, and what named it as the default at this level and above. */
export function renameRemote(
  place: SettingsPlace,
  level: ConfigLevel,
  names: { readonly from: string; readonly to: string },
): void {
  const from = names.from.toLowerCase()
  if (readMerged(place).has(section(names.to)))
    throw invalid(`remote "${names.to}" exists already`, 'Choose another name.')
  if (!readLevel(levelFile(place, level)).has(section(from))) throw unknown(from)
  eachFrom(place, level, (sections, isTarget) => {
    const values = sections.get(section(from))
    if (isTarget && values !== undefined) {
      sections.delete(section(from))
      sections.set(section(names.to), values)
    }
    const core = sections.get('core')
    if (core?.get('remote') === from) core.set('remote', names.to)
  })
}

// As DVC does, the stronger levels are rewritten too, even where they do not speak of it.
function eachFrom(
  place: SettingsPlace,
  level: ConfigLevel,
  change: (sections: IniSections, isTarget: boolean) => void,
): void {
  const levels = levelFiles(place)
  const from = levels.findIndex((candidate) => candidate.level === level)
  for (const { level: each } of levels.slice(from)) {
    const isTarget = each === level
    editLevel(place, each, (sections) => change(sections, isTarget))
  }
}

/** @throws DATASET_CONFIG_INVALID when no such remote is known; `name` null takes the default away */
export function setDefaultRemote(
  place: SettingsPlace,
  level: ConfigLevel,
  asked: string | null,
): void {
  const name = asked?.toLowerCase() ?? null
  editLevel(place, level, (sections) => {
    if (name === null) sections.get('core')?.delete('remote')
    else if (readMerged(place, level).has(section(name))) set(sections, { ...CORE, value: name })
    else throw unknown(name)
  })
}

function unknown(name: string) {
  return invalid(`remote "${name}" does not exist`, 'See `ratchet remote list`.')
}

function invalid(detail: string, next: string) {
  return datasetErrors.DATASET_CONFIG_INVALID({ detail, next })
}
