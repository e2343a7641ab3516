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
  const known = new Map<string, LockFile>()
  const added = new Set<string>()
  const rank = new Map(plan.map(({ address }, index) => [address, index]))
  const load = (path: string): LockFile => {
    const before = known.get(path)
    const file = before === undefined ? readLockFile(root, path) : refreshed(root, path, before)
    known.set(path, file)
    return file
  }
  return {
    find: (stage) =>
      (known.get(lockFileOf(stage.file)) ?? load(lockFileOf(stage.file))).stages.get(stage.name) ??
      null,
    refresh: () => known.clear(),
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
      const text = emitYaml(document)
      // One that says so already keeps its times, and a kill leaves nothing beside it.
      if (text !== file.text) writeAtomically(join(root, path), text)
      known.set(path, { text, document, stages: new Map(file.stages).set(stage.name, locked) })
    },
  }
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
