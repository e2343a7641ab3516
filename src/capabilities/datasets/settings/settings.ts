import type { ConfigLevel } from '../config.ts'
import { datasetErrors } from '../errors.ts'
import {
  editLevel,
  levelFile,
  levelFiles,
  readLevel,
  type SettingsPlace,
  shownValue,
} from './edit-settings.ts'
import type { IniSections } from './ini.ts'

/** A setting by its dotted name: `core.remote`, `remote.NAME.url`. */
export interface SettingName {
  readonly section: string
  readonly key: string
}

export interface Setting {
  /** Dotted. */
  readonly name: string
  readonly value: string
  readonly level: ConfigLevel
  readonly file: string
}

/** @throws DATASET_CONFIG_INVALID */
export function parseSettingName(text: string): SettingName {
  const found = /^(?:(remote|db)\.)?([^.]*)\.([^.]*)$/.exec(text)
  if (found === null)
    throw datasetErrors.DATASET_CONFIG_INVALID({
      detail: `"${text}" should look like section.option, remote.NAME.option or db.NAME.option`,
    })
  const [, kind, section = '', key = ''] = found
  const name = section.toLowerCase()
  return { section: kind === undefined ? name : `${kind} "${name}"`, key: key.toLowerCase() }
}

/** All settings, level by level, remotes first as DVC lists them. */
export function listSettings(place: SettingsPlace, level?: ConfigLevel): readonly Setting[] {
  const levels = level === undefined ? levelFiles(place) : [levelFile(place, level)]
  return levels.flatMap((source) => {
    const sections = [...readLevel(source)]
    const named = sections.filter(([name]) => name.includes('"'))
    const plain = sections.filter(([name]) => !name.includes('"'))
    return [...named, ...plain].flatMap(([section, values]) =>
      [...values].map(([key, value]) => ({
        name: `${section.replace(/^(\w+) "(.*)"$/, '$1.$2')}.${key}`,
        value: shownValue(value),
        ...source,
      })),
    )
  })
}

/** The strongest level that has the setting; null when none has. @throws DATASET_CONFIG_INVALID where the level asked lacks it */
export function readSetting(
  place: SettingsPlace,
  { section, key }: SettingName,
  level?: ConfigLevel,
): Setting | null {
  const levels = level === undefined ? levelFiles(place) : [levelFile(place, level)]
  for (const source of levels.toReversed()) {
    const value = readLevel(source).get(section)?.get(key)
    if (value !== undefined)
      return { name: `${section}.${key}`, value: shownValue(value), ...source }
  }
  if (level !== undefined) throw absent({ section, key })
  return null
}

export function writeSetting(
  place: SettingsPlace,
  level: ConfigLevel,
  { section, key, value }: SettingName & { readonly value: string },
): void {
  editLevel(place, level, (sections) => set(sections, { section, key, value }))
}

/** @throws DATASET_CONFIG_INVALID when it is not set there */
export function unsetSetting(place: SettingsPlace, level: ConfigLevel, name: SettingName): void {
  editLevel(place, level, (sections) => {
    if (sections.get(name.section)?.delete(name.key) !== true) throw absent(name)
  })
}

function absent({ section, key }: SettingName) {
  return datasetErrors.DATASET_CONFIG_INVALID({
    detail: `option "${key}" is not set in section "${section}"`,
    next: 'See `ratchet config --list --show-origin`.',
  })
}

/** Sets one value in sections that are being edited. */
export function set(
  sections: IniSections,
  { section, key, value }: SettingName & { readonly value: string },
): void {
  const values = sections.get(section) ?? new Map<string, string>()
  sections.set(section, values.set(key, value))
}
