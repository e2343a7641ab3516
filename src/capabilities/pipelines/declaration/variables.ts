import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { DEFAULT_PARAMS, readParamsFile } from '../params.ts'
import { cloneMap, type ContextMap, mergeNodes, type Origin, toNode } from './context.ts'
import type { PipelineFile } from './pipeline-file.ts'
import type { ValuePath } from './shape.ts'

/** What `${…}` may name: params.yaml and `vars`, merged, and which keys of which files were taken. */
export interface Variables {
  readonly context: ContextMap
  /** Keys by file; null is the whole file. */
  readonly imports: Map<string, readonly string[] | null>
  /** `item` and `key` inside what foreach or matrix generates. */
  readonly reserved: ReadonlySet<string>
}

export interface VariablePlace {
  readonly root: string
  readonly file: PipelineFile
  /** The folder where relative names start, from the root. */
  readonly folder: string
  /** Where `vars` stands in dvc.yaml. */
  readonly path: ValuePath
}

/** params.yaml beside dvc.yaml, then the `vars` of the file. @throws PIPELINE_FILE_INVALID */
export function fileVariables(place: VariablePlace, vars: readonly YamlValue[]): Variables {
  const variables: Variables = {
    context: { kind: 'map', entries: new Map(), origin: null },
    imports: new Map(),
    reserved: new Set(),
  }
  if (existsSync(join(place.root, place.folder, DEFAULT_PARAMS)))
    importFile(variables, place, DEFAULT_PARAMS)
  return addVars(variables, place, vars)
}

/** Variables of a stage's own, which no other stage sees. */
export function stageVariables(
  known: Variables,
  place: VariablePlace,
  vars: readonly YamlValue[],
): Variables {
  const { context, imports, reserved } = known
  const copy = { context: cloneMap(context), imports: new Map(imports), reserved }
  return addVars(copy, place, vars)
}

function addVars(
  variables: Variables,
  place: VariablePlace,
  vars: readonly YamlValue[],
): Variables {
  for (const [index, item] of vars.entries()) {
    const at = { ...place, path: [...place.path, index] }
    if (typeof item === 'string') importFile(variables, at, item)
    else if (isYamlMap(item)) {
      const source = at.path.slice(place.path[0] === 'vars' ? 0 : 1).join('.')
      merge(variables, at, { values: item, origin: { source, isFile: false, path: '' } })
    }
  }
  return variables
}

/** One entry of `vars`: `file` or `file:key,key`. */
function importFile(variables: Variables, place: VariablePlace, item: string): void {
  const { root, folder, file, path } = place
  const [name = '', keyList = ''] = splitOnce(item)
  const keys = keyList === '' ? null : keyList.split(',').filter((key) => key !== '')
  const relative = posix.normalize(posix.join(folder, name))
  if (alreadyTaken(variables, place, { item, relative, keys })) return
  const absolute = join(root, relative)
  if (!existsSync(absolute))
    throw file.invalid(path, `vars names ${relative}, which does not exist`)
  if (statSync(absolute).isDirectory())
    throw file.invalid(path, `vars names ${relative}, which is a folder`)
  const content = readParamsFile(absolute, relative)
  const values = keys === null ? content : choose(content, keys, { place, relative })
  merge(variables, place, { values, origin: { source: relative, isFile: true, path: '' } })
  const before = variables.imports.get(relative) ?? []
  variables.imports.set(relative, keys === null ? null : [...before, ...keys])
}

function splitOnce(item: string): readonly string[] {
  const at = item.indexOf(':')
  return at < 0 ? [item] : [item.slice(0, at), item.slice(at + 1)]
}

interface Import {
  readonly item: string
  readonly relative: string
  readonly keys: readonly string[] | null
}

// A whole file may be named again; a part of what is there already is an error, as it is to DVC.
function alreadyTaken(
  { imports }: Variables,
  { file, path }: VariablePlace,
  { item, relative, keys }: Import,
): boolean {
  const taken = imports.get(relative)
  if (taken === undefined) return false
  if (taken === null && keys === null) return true
  if (taken === null) throw file.invalid(path, `"${item}": all of ${relative} is taken already`)
  if (keys === null || keys.some((key) => taken.includes(key)))
    throw file.invalid(path, `"${item}": a part of ${relative} is taken already`)
  return false
}

function choose(
  content: YamlMap,
  keys: readonly string[],
  { place: { file, path }, relative }: { readonly place: VariablePlace; readonly relative: string },
): YamlMap {
  const chosen = keys.map((key) => {
    const value = content.get(key)
    if (value !== undefined) return [key, value] as const
    throw file.invalid(path, `there is no "${key}" in ${relative}`)
  })
  return new Map(chosen)
}

function merge(
  { context, reserved }: Variables,
  { file, path }: VariablePlace,
  { values, origin }: { readonly values: YamlMap; readonly origin: Origin },
): void {
  const taken = [...values.keys()].find((key) => reserved.has(key))
  if (taken !== undefined)
    throw file.invalid(path, `"${taken}" is set by foreach or matrix and cannot be set here`)
  const clash = mergeNodes(context, toNode(values, origin) as ContextMap)
  if (clash === null) return
  const known = clash.known?.source ?? 'this file'
  const name = clash.from?.path ?? clash.key
  throw file.invalid(path, `"${name}" from ${origin.source} is already defined in ${known}`)
}
