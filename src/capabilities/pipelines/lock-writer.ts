import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  emitYaml,
  isYamlMap,
  writeAtomicallyInBackground,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { inBatches } from './in-batches.ts'
import { stageEntry } from './lock-entry.ts'
import { lockFileOf, type LockFile, parseLockFile, readLockFile } from './lock-file.ts'
import type { LockedStage, Stage } from './schema.ts'

/** Reads and writes the dvc.lock files of one run. */
export interface LockWriter {
  readonly find: (stage: Stage) => LockedStage | null
  /** Resolves when the file that says so is whole and on the disk: whether it had to be written. */
  readonly save: (stage: Stage, locked: LockedStage) => Promise<boolean>
  /** Reads the files again when they are next asked for. */
  readonly refresh: () => void
  /** What `datasets:` of a lock file says. */
  readonly datasets: (pipelineFile: string) => readonly YamlMap[]
}

interface Saved {
  readonly stage: Stage
  readonly locked: LockedStage
}

/**
 * A stage that is known keeps its place in its file; a new one comes after those that come before it in the plan,
 * so that stages which run side by side leave the file that DVC would write. What another tool or a hand wrote
 * meanwhile is read again first, and stays. Stages that end while the file is brought to the disk are written together.
 */
export function lockWriter(root: string, plan: readonly Stage[]): LockWriter {
  const files = new Map<string, LockFile>()
  const writers = new Map<string, (saved: Saved) => Promise<boolean>>()
  const added = new Set<string>()
  const rank = new Map(plan.map(({ address }, index) => [address, index]))
  const load = (path: string): LockFile => {
    const before = files.get(path)
    const file = before === undefined ? readLockFile(root, path) : refreshed(root, path, before)
    files.set(path, file)
    return file
  }
  const loaded = (pipelineFile: string): LockFile => {
    const path = lockFileOf(pipelineFile)
    return files.get(path) ?? load(path)
  }
  const isLaterThan =
    ({ address, name }: Stage) =>
    (other: string): boolean => {
      const place = address.slice(0, -name.length) + other
      return added.has(place) && (rank.get(place) ?? 0) > (rank.get(address) ?? 0)
    }
  const write = async (path: string, saved: readonly Saved[]): Promise<boolean> => {
    const before = load(path)
    for (const { stage } of saved) if (!before.stages.has(stage.name)) added.add(stage.address)
    const after = withStages(before, saved, isLaterThan)
    const changed = after.text !== before.text
    // One that says so already keeps its times, and a kill leaves nothing beside it.
    if (changed) await writeAtomicallyInBackground(join(root, path), after.text)
    files.set(path, after)
    return changed
  }
  const writerOf = (path: string): ((saved: Saved) => Promise<boolean>) => {
    const writer = writers.get(path) ?? inBatches((saved) => write(path, saved))
    writers.set(path, writer)
    return writer
  }
  return {
    find: ({ file, name }) => loaded(file).stages.get(name) ?? null,
    refresh: () => files.clear(),
    datasets: (file) => {
      const list = loaded(file).document.get('datasets')
      return Array.isArray(list) ? list.filter(isYamlMap) : []
    },
    save: (stage, locked) => writerOf(lockFileOf(stage.file))({ stage, locked }),
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

type IsLaterThan = (stage: Stage) => (name: string) => boolean

function withStages(before: LockFile, saved: readonly Saved[], isLaterThan: IsLaterThan): LockFile {
  const stages = new Map(before.stages)
  const known = before.document.get('stages')
  let entries = isYamlMap(known) ? known : new Map<string, YamlValue>()
  for (const { stage, locked } of saved) {
    stages.set(stage.name, locked)
    entries = withEntry(entries, [stage.name, stageEntry(locked)], isLaterThan(stage))
  }
  const document = new Map<string, YamlValue>(
    before.document.size === 0 ? [['schema', '2.0']] : before.document,
  ).set('stages', entries)
  return { text: textOf(document), document, stages }
}

function withEntry(
  entries: YamlMap,
  [name, entry]: readonly [string, YamlMap],
  isLater: (name: string) => boolean,
): YamlMap {
  if (entries.has(name)) return new Map(entries).set(name, entry)
  const list = [...entries]
  const at = list.findIndex(([other]) => isLater(other))
  return new Map(list.toSpliced(at < 0 ? list.length : at, 0, [name, entry]))
}
