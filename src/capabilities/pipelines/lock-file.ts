import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import { filesHash, isYamlMap, parseYaml, type YamlMap, type YamlValue } from '../datasets/index.ts'
import { PIPELINE_FILE, refuseConflict } from './declaration/pipeline-file.ts'
import { pipelineErrors } from './errors.ts'
import type { LockedPath, LockedStage } from './schema.ts'

/** The dvc.lock beside a dvc.yaml; both from the project's root. */
export function lockFileOf(pipelineFile: string): string {
  return posix.join(posix.dirname(pipelineFile), 'dvc.lock')
}

/** The dvc.yaml of a stage's address: of `sub/dvc.yaml:train`, or `train` in the root. */
export function fileOfStage(address: string): string {
  const at = address.lastIndexOf(':')
  return at < 0 ? PIPELINE_FILE : address.slice(0, at)
}

/** dvc.lock as it is on disk: the stages we change, and all else as it was. */
export interface LockFile {
  readonly text: string
  readonly document: YamlMap
  readonly stages: ReadonlyMap<string, LockedStage>
}

/** @throws PIPELINE_FILE_INVALID, PIPELINE_FILE_CONFLICT */
export function readLockFile(root: string, path = 'dvc.lock'): LockFile {
  const absolute = join(root, path)
  const text = existsSync(absolute) ? readFileSync(absolute, 'utf8') : ''
  return parseLockFile(text, path)
}

export function parseLockFile(text: string, path: string): LockFile {
  refuseConflict(text, path)
  const document = text === '' ? null : parseOrRefuse(text, path)
  if (document === null) return { text, document: new Map(), stages: new Map() }
  if (!isYamlMap(document)) throw invalid(path, 'it is not a mapping')
  const schema = document.get('schema')
  if (String(schema) !== '2.0') throw invalid(path, `schema "${String(schema)}" is not 2.0`)
  const stages = document.get('stages')
  const entries = isYamlMap(stages) ? [...stages] : []
  const read = entries.map(([name, entry]) => {
    const at = { file: path, place: `stages.${name}` }
    return [name, lockedStage(entry, at)] as const
  })
  return { text, document, stages: new Map(read) }
}

function parseOrRefuse(text: string, path: string): YamlValue {
  try {
    return parseYaml(text, path)
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    throw invalid(error.path ?? path, error.detail)
  }
}

function invalid(path: string, detail: string, place = '') {
  const file = path.replace(/:\d.*/, '')
  return pipelineErrors.PIPELINE_FILE_INVALID({
    detail: `${path}: ${detail}`,
    path: `${path} ${place}`.trim(),
    next: `Restore ${file} with \`git checkout\`, or delete it: every stage then runs again.`,
  })
}

interface Place {
  readonly file: string
  readonly place: string
}

/** An entry of dvc.lock, or of the run cache. @throws PIPELINE_FILE_INVALID */
export function lockedStage(entry: YamlValue, { file, place }: Place): LockedStage {
  if (!isYamlMap(entry)) throw invalid(file, 'it is not a mapping', place)
  const cmd = entry.get('cmd')
  const params = entry.get('params')
  const files = isYamlMap(params) ? [...params] : []
  return {
    cmd: Array.isArray(cmd) ? cmd.map(String) : String((cmd as string | undefined) ?? ''),
    deps: readPaths(entry.get('deps'), { file, place: `${place}.deps` }),
    params: new Map(
      files.map(([name, values]) => [name, isYamlMap(values) ? values : new Map<string, never>()]),
    ),
    outs: readPaths(entry.get('outs'), { file, place: `${place}.outs` }),
  }
}

const HASH = /^[0-9a-f]{32}(?:\.dir)?$/

function readPaths(list: YamlValue | undefined, at: Place): readonly LockedPath[] {
  if (!Array.isArray(list)) return []
  return list.map((item: YamlValue) => {
    const path = isYamlMap(item) ? item.get('path') : undefined
    if (!isYamlMap(item) || typeof path !== 'string')
      throw invalid(at.file, 'an entry has no path', at.place)
    const md5 = String((item.get('md5') as string | undefined) ?? '').toLowerCase()
    // Names of objects become paths, so nothing but a hash passes.
    if (md5 !== '' && !HASH.test(md5))
      throw invalid(at.file, `"${md5}" of ${path} is no MD5 hash`, at.place)
    const listed = item.get('files')
    const files = Array.isArray(listed) ? { files: listed as readonly YamlValue[] } : null
    const cloud = item.get('cloud')
    const versions = { ...files, ...(isYamlMap(cloud) ? { cloud } : {}) }
    const whole = files === null ? null : filesHash(item, at.file)
    if (whole !== null) return { path, ...whole, ...versions }
    const nfiles = item.get('nfiles')
    const dataset = item.get('dataset')
    return {
      path,
      md5,
      size: Number(item.get('size') ?? 0),
      ...(typeof nfiles === 'number' ? { nfiles } : {}),
      ...(item.get('isexec') === true ? { isexec: true } : {}),
      // DVC 2 wrote no kind of hash.
      ...(md5 !== '' && item.get('hash') !== 'md5' ? { legacy: true as const } : {}),
      ...versions,
      ...(isYamlMap(dataset) ? { dataset } : {}),
    }
  })
}
