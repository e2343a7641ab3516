import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  compareCodePoints,
  emitYaml,
  isYamlMap,
  parseYaml,
  writeAtomically,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'
import { DEFAULT_PARAMS } from './params.ts'
import type { LockedPath, LockedStage } from './schema.ts'

export const LOCK_FILE = 'dvc.lock'

/** dvc.lock as it is on disk: the stages we change, and all else as it was. */
export interface LockFile {
  readonly document: YamlMap
  readonly stages: ReadonlyMap<string, LockedStage>
}

/** @throws PIPELINE_FILE_INVALID */
export function readLockFile(root: string): LockFile {
  const path = join(root, LOCK_FILE)
  const document = existsSync(path) ? parseYaml(readFileSync(path, 'utf8'), LOCK_FILE) : null
  if (document === null) return { document: new Map(), stages: new Map() }
  if (!isYamlMap(document)) throw invalid('it is not a mapping')
  const schema = document.get('schema')
  if (String(schema) !== '2.0') throw invalid(`schema "${String(schema)}" is not 2.0`)
  const stages = document.get('stages')
  const entries = isYamlMap(stages) ? [...stages] : []
  return {
    document,
    stages: new Map(entries.map(([name, entry]) => [name, readStage(name, entry)])),
  }
}

function invalid(detail: string, path = '') {
  return pipelineErrors.PIPELINE_FILE_INVALID({
    detail: `${LOCK_FILE}: ${detail}`,
    path: `${LOCK_FILE} ${path}`.trim(),
    next: `Restore ${LOCK_FILE} with \`git checkout\`, or delete it: every stage then runs again.`,
  })
}

function readStage(name: string, entry: YamlValue): LockedStage {
  if (!isYamlMap(entry)) throw invalid('it is not a mapping', `stages.${name}`)
  const cmd = entry.get('cmd')
  const params = entry.get('params')
  const files = isYamlMap(params) ? [...params] : []
  return {
    cmd: Array.isArray(cmd) ? cmd.map(String) : String(cmd ?? ''),
    deps: readPaths(entry.get('deps'), `stages.${name}.deps`),
    params: new Map(
      files.map(([file, values]) => [file, isYamlMap(values) ? values : new Map<string, never>()]),
    ),
    outs: readPaths(entry.get('outs'), `stages.${name}.outs`),
  }
}

function readPaths(list: YamlValue | undefined, place: string): readonly LockedPath[] {
  if (!Array.isArray(list)) return []
  return list.map((item: YamlValue) => {
    const path = isYamlMap(item) ? item.get('path') : undefined
    if (!isYamlMap(item) || typeof path !== 'string') throw invalid('an entry has no path', place)
    const nfiles = item.get('nfiles')
    return {
      path,
      md5: String(item.get('md5') ?? ''),
      size: Number(item.get('size') ?? 0),
      ...(typeof nfiles === 'number' ? { nfiles } : {}),
      ...(item.get('isexec') === true ? { isexec: true } : {}),
    }
  })
}

/**
 * Replaces one stage and writes the file at once and whole, in DVC's bytes: a known stage keeps its place, a new
 * one comes last. The file is read again first, so what another tool wrote meanwhile stays.
 */
export function lockStage(root: string, name: string, stage: LockedStage): void {
  const { document } = readLockFile(root)
  const known = document.get('stages')
  const stages = new Map(isYamlMap(known) ? known : []).set(name, stageEntry(stage))
  const next = new Map<string, YamlValue>(document.size === 0 ? [['schema', '2.0']] : document)
  writeAtomically(join(root, LOCK_FILE), emitYaml(next.set('stages', stages)))
}

/** A stage in the order of keys that DVC writes; empty sections are left out. */
export function stageEntry({ cmd, deps, params, outs }: LockedStage): YamlMap {
  const entry = new Map<string, YamlValue>([['cmd', cmd]])
  if (deps.length > 0) entry.set('deps', pathEntries(deps))
  if (params.size > 0) entry.set('params', paramEntries(params))
  if (outs.length > 0) entry.set('outs', pathEntries(outs))
  return entry
}

function pathEntries(paths: readonly LockedPath[]): readonly YamlMap[] {
  const sorted = paths.toSorted((a, b) => compareCodePoints(a.path, b.path))
  return sorted.map(({ path, md5, size, nfiles, isexec }) => {
    const entry = new Map<string, YamlValue>([
      ['path', path],
      ['hash', 'md5'],
      ['md5', md5],
      ['size', size],
    ])
    if (nfiles !== undefined) entry.set('nfiles', nfiles)
    if (isexec === true) entry.set('isexec', true)
    return entry
  })
}

// params.yaml first, then the others by name; keys sorted, their values as they are.
function paramEntries(params: LockedStage['params']): YamlMap {
  const rank = (file: string): string => (file === DEFAULT_PARAMS ? '' : file)
  const files = [...params].toSorted(([a], [b]) => compareCodePoints(rank(a), rank(b)))
  return new Map(
    files.map(([file, values]) => [
      file,
      new Map([...values].toSorted(([a], [b]) => compareCodePoints(a, b))),
    ]),
  )
}
