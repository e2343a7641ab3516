import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { pathInside } from './containment.ts'
import { datasetErrors } from './errors.ts'
import type { PathHash } from './hash-path.ts'
import { writeAtomically } from './place.ts'
import type { DataProject } from './project.ts'
import { emitYaml } from './yaml-emit.ts'
import { isYamlMap, parseYaml, type YamlMap, type YamlValue } from './yaml-values.ts'

/** A `.dvc` file: which path it tracks and with which content. */
export interface DvcFile {
  /** The `.dvc` file itself, from the root. */
  readonly file: string
  /** What it tracks, from the root. */
  readonly path: string
  /** Null when it was written without content (a partial import). */
  readonly hash: PathHash | null
  readonly text: string
}

/** @throws DATASET_FILE_INVALID, DATASET_LEGACY, DATASET_OUTSIDE */
export function readDvcFile(project: DataProject, file: string): DvcFile {
  const text = readFileSync(join(project.root, file), 'utf8')
  const document = parseYaml(text, file)
  const outs = isYamlMap(document) ? document.get('outs') : undefined
  const out = Array.isArray(outs) && outs.length === 1 ? (outs[0] as YamlValue) : undefined
  if (!isYamlMap(out)) throw invalid(file, 'it does not have exactly one output')
  const name = out.get('path')
  if (typeof name !== 'string') throw invalid(file, 'outs[0].path is not text')
  const wdir = isYamlMap(document) ? document.get('wdir') : undefined
  const folder = join(project.root, dirname(file), typeof wdir === 'string' ? wdir : '.')
  const path = pathInside(project.root, name, folder).relative
  return { file, path, text, hash: readHash(out, file) }
}

function readHash(out: YamlMap, file: string): PathHash | null {
  const md5 = out.get('md5')
  if (md5 === undefined || md5 === null || md5 === '') return null
  const oid = String(md5).toLowerCase()
  if (out.get('hash') !== 'md5')
    throw datasetErrors.DATASET_LEGACY({ detail: `${file} has no "hash: md5"`, path: file })
  if (!/^[0-9a-f]{32}(\.dir)?$/.test(oid)) throw invalid(file, `outs[0].md5 "${oid}" is no hash`)
  const nfiles = out.get('nfiles')
  return {
    md5: oid,
    size: Number(out.get('size') ?? 0),
    ...(typeof nfiles === 'number' ? { nfiles } : {}),
    ...(out.get('isexec') === true ? { isexec: true } : {}),
  }
}

function invalid(file: string, detail: string) {
  return datasetErrors.DATASET_FILE_INVALID({ detail, path: file })
}

/** The name of the file that tracks a path: beside it, with `.dvc`. */
export function dvcFileFor(path: string): string {
  return `${path}.dvc`
}

/** What `dvc add` writes: a new file, or the old one with its values replaced and all else kept. */
export function dvcFileText(path: string, hash: PathHash, existing: DvcFile | null): string {
  const values: Readonly<Record<string, YamlValue | undefined>> = {
    md5: hash.md5,
    size: hash.size,
    nfiles: hash.nfiles,
    isexec: hash.isexec === true ? true : undefined,
  }
  if (existing === null) {
    const entry = new Map<string, YamlValue>()
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) entry.set(key, value)
    entry.set('hash', 'md5').set('path', posix.basename(path))
    return emitYaml(new Map([['outs', [entry]]]))
  }
  return replaceInPlace(existing, values) ?? replaceValues(existing, values)
}

// Where only values change, the lines that hold them are all that changes: comments and order stay.
function replaceInPlace(
  { text }: DvcFile,
  values: Readonly<Record<string, YamlValue | undefined>>,
): string | null {
  let result = text
  for (const [key, value] of Object.entries(values)) {
    const pattern = new RegExp(`^(\\s*(?:- )?${key}:)[ ]+[^\\n]*$`, 'gm')
    const found = result.match(pattern)?.length ?? 0
    if (found === 0 && value === undefined) continue
    if (found !== 1 || value === undefined) return null
    const line = emitYaml(new Map([[key, value]])).trimEnd()
    result = result.replace(pattern, (_, start: string) => start + line.slice(key.length + 1))
  }
  return result
}

function replaceValues(
  existing: DvcFile,
  values: Readonly<Record<string, YamlValue | undefined>>,
): string {
  const document = parseYaml(existing.text, existing.file) as YamlMap
  const out = new Map(((document.get('outs') as readonly YamlValue[])[0] ?? new Map()) as YamlMap)
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) out.delete(key)
    else out.set(key, value)
  }
  return emitYaml(new Map(document).set('outs', [out]))
}

/** True when the file was written; one that is as it should be keeps its times. */
export function writeDvcFile(project: DataProject, file: string, text: string): boolean {
  const absolute = join(project.root, file)
  if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) return false
  writeAtomically(absolute, text)
  return true
}
