import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../../base/hash.ts'
import { RatchetError } from '../../base/errors.ts'
import {
  compareCodePoints,
  type DataProject,
  emitYaml,
  GROUP_FILE,
  isYamlMap,
  makeStoreFolder,
  moveStoreFolder,
  parseYaml,
  reach,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { stageEntry } from './lock-entry.ts'
import { lockedStage } from './lock-file.ts'
import { pythonJson } from './python-json.ts'
import type { LockedPath, LockedStage, Stage } from './schema.ts'

/**
 * Whether what a stage wrote may be taken from an earlier run with the same inputs: all of its inputs are known,
 * nothing is kept from before, and it does not ask to run each time. DVC's rule (dvc/stage/cache.py).
 */
export function isCacheable(stage: Stage): boolean {
  const hasInputs = stage.deps.length + stage.params.length > 0
  const isPlain = !stage.alwaysChanged && stage.outs.every(({ persist }) => !persist)
  const isLocal = stage.deps.every((path) => !path.includes('://'))
  return hasInputs && stage.outs.length > 0 && isPlain && isLocal
}

/** Whether a run is worth keeping: an output that is not in the cache could not be restored. */
export function isWorthKeeping(stage: Stage): boolean {
  return isCacheable(stage) && stage.outs.every(({ cache, kind }) => cache || kind !== 'out')
}

/** Names an earlier run by what went in. */
export function runKey(locked: LockedStage): string {
  const entry = stageEntry(byHash(locked))
  const outs = locked.outs.map(({ path }) => path)
  return nameOf(new Map(entry).set('outs', outs.toSorted(compareCodePoints)))
}

/** Names it by what went in and what came out. */
export function runValue(locked: LockedStage): string {
  return nameOf(stageEntry(byHash(locked)))
}

// A run names folders by their hash, whichever way dvc.lock records them.
function byHash(locked: LockedStage): LockedStage {
  const plain = (paths: readonly LockedPath[]): readonly LockedPath[] =>
    paths.map((path) => {
      const { files: _, ...plainly } = path
      return plainly
    })
  return { ...locked, deps: plain(locked.deps), outs: plain(locked.outs) }
}

// Sizes are left out at every depth, also of parameters: so does DVC, and the names must be equal.
function nameOf(entry: YamlMap): string {
  return sha256(pythonJson(withoutSizes(entry)))
}

function withoutSizes(value: YamlValue): YamlValue {
  if (Array.isArray(value)) return value.map((item: YamlValue) => withoutSizes(item))
  if (!isYamlMap(value)) return value
  const kept = [...value].filter(([key]) => key !== 'size' && key !== 'nfiles')
  return new Map(kept.map(([key, item]) => [key, withoutSizes(item)]))
}

function folderOf({ cacheDir }: DataProject, key: string): string {
  return join(cacheDir, 'runs', key.slice(0, 2), key)
}

/** The newest run with these inputs, or null. An entry that is broken is set aside. */
export function findRunEntry(project: DataProject, inputs: LockedStage): LockedStage | null {
  const folder = folderOf(project, runKey(inputs))
  if (!existsSync(folder)) return null
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const newest = names
    .map((name) => ({ file: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at)[0]
  if (newest === undefined) return null
  const entry = readEntry(newest.file)
  // Its name says what must be in it: a file that was cut short, or changed, is not believed.
  const isSound = entry !== null && runValue(entry) === basename(newest.file)
  return isSound && sameOutputs(entry, inputs) ? entry : null
}

// The file comes from a remote, perhaps: what it names as outputs must be what the stage declares.
function sameOutputs(entry: LockedStage, { outs }: LockedStage): boolean {
  const declared = new Set(outs.map(({ path }) => path))
  return (
    entry.outs.length === outs.length &&
    entry.outs.every(({ path, md5 }) => declared.has(path) && md5 !== '')
  )
}

function readEntry(file: string): LockedStage | null {
  try {
    return lockedStage(parseYaml(readFileSync(file, 'utf8'), file), { file, place: '' })
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    // Not deleted: it may tell what went wrong. A name that is no hash is looked at by nobody.
    renameSync(file, `${file}.broken`)
    return null
  }
}

/** Keeps a run, in DVC's bytes under DVC's name. */
export function saveRunEntry(project: DataProject, locked: LockedStage): void {
  const folder = folderOf(project, runKey(locked))
  const file = join(folder, runValue(locked))
  if (existsSync(file)) return
  makeStoreFolder(dirname(folder))
  // Not synced: what is lost with the power is run again, and half a file does not fit its name.
  const temporary = join(project.unfinishedFolder(), basename(folder))
  mkdirSync(temporary, { recursive: true })
  writeFileSync(join(temporary, basename(file)), emitYaml(stageEntry(byHash(locked))))
  if (project.sharedCache) chmodSync(join(temporary, basename(file)), GROUP_FILE)
  reach('run cache: before the name')
  // With what is in it: at an empty folder DVC stops.
  if (!moveStoreFolder(temporary, folder)) renameSync(join(temporary, basename(file)), file)
  reach('run cache: named')
}
