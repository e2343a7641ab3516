import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  emitYaml,
  isYamlMap,
  writeAtomically,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { stageEntry } from './lock-entry.ts'
import { lockFileOf, type LockFile, parseLockFile, readLockFile } from './lock-file.ts'
import type { LockedStage, Stage } from './schema.ts'

/** Reads and writes the dvc.lock files of one run. */
export interface LockWriter {
  readonly find: (stage: Stage) => LockedStage | null
  /** Writes one stage, at once and whole. */
  readonly save: (stage: Stage, locked: LockedStage) => void
  /** Reads the files again when they are next asked for. */
  readonly refresh: () => void
  /** What `datasets:` of a lock file says. */
  readonly datasets: (pipelineFile: string) => readonly YamlMap[]
}

/**
 * A stage that is known keeps its place in its file; a new one comes after those that come before it in the plan,
 * so that stages which run side by side leave the file that DVC would write. What another tool or a hand wrote
 * meanwhile is read again first, and stays.
 */
export function lockWriter(root: string, plan: readonly Stage[]): LockWriter {
  const files = new Map<string, LockFile>()
  const added = new Set<string>()
  const rank = new Map(plan.map(({ address }, index) => [address, index]))
  const load = (path: string): LockFile => {
    const before = files.get(path)
    const file = before === undefined ? readLockFile(root, path) : refreshed(root, path, before)
    files.set(path, file)
    return file
  }
  return {
    find: (stage) =>
      (files.get(lockFileOf(stage.file)) ?? load(lockFileOf(stage.file))).stages.get(stage.name) ??
      null,
    refresh: () => files.clear(),
    datasets: (file) => {
      const list = load(lockFileOf(file)).document.get('datasets')
      return Array.isArray(list) ? list.filter(isYamlMap) : []
    },
    save: (stage, locked) => {
      const path = lockFileOf(stage.file)
      const file = load(path)
      const isLater = (name: string): boolean => {
        const address = stage.address.slice(0, -stage.name.length) + name
        return added.has(address) && (rank.get(address) ?? 0) > (rank.get(stage.address) ?? 0)
      }
      if (!file.stages.has(stage.name)) added.add(stage.address)
      const entries = withStage(file, { name: stage.name, entry: stageEntry(locked), isLater })
      const document = new Map<string, YamlValue>(
        file.document.size === 0 ? [['schema', '2.0']] : file.document,
      ).set('stages', entries)
      const text = textOf(document)
      // One that says so already keeps its times, and a kill leaves nothing beside it.
      if (text !== file.text) writeAtomically(join(root, path), text)
      files.set(path, { text, document, stages: new Map(file.stages).set(stage.name, locked) })
    },
  }
}

// What DVC's emitter writes of a mapping are its entries one after the other, so that of a hundred stages the one that
// changed is written anew and the rest is known.
const known = new WeakMap<YamlMap, { readonly name: string; readonly text: string }>()

function textOf(document: YamlMap): string {
  return [...document].map(([key, value]) => sectionText(key, value)).join('')
}

function sectionText(key: string, value: YamlValue): string {
  if (key !== 'stages' || !isYamlMap(value) || value.size === 0)
    return emitYaml(new Map([[key, value]]))
  return `stages:\n${[...value].map(([name, entry]) => stageText(name, entry)).join('')}`
}

function stageText(name: string, entry: YamlValue): string {
  const before = isYamlMap(entry) ? known.get(entry) : undefined
  if (before?.name === name) return before.text
  const alone = emitYaml(new Map([['stages', new Map([[name, entry]])]]))
  const text = alone.slice('stages:\n'.length)
  if (isYamlMap(entry)) known.set(entry, { name, text })
  return text
}

function refreshed(root: string, path: string, before: LockFile): LockFile {
  const absolute = join(root, path)
  const text = existsSync(absolute) ? readFileSync(absolute, 'utf8') : ''
  return text === before.text ? before : parseLockFile(text, path)
}

interface NewEntry {
  readonly name: string
  readonly entry: YamlMap
  readonly isLater: (name: string) => boolean
}

function withStage({ document }: LockFile, { name, entry, isLater }: NewEntry): YamlMap {
  const stages = document.get('stages')
  const entries = isYamlMap(stages) ? [...stages] : []
  if (isYamlMap(stages) && stages.has(name)) return new Map(entries).set(name, entry)
  const at = entries.findIndex(([other]) => isLater(other))
  return new Map(entries.toSpliced(at < 0 ? entries.length : at, 0, [name, entry]))
}
