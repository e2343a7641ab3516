import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { lookup, readParamsFile } from '../params.ts'
import {
  type FileValues,
  listedParams,
  usedParams,
  type WantedParams,
} from '../reports/read-reports.ts'

/** Parameters by file as DVC shows an experiment: nested as in their files, of some files only what is depended on. */
export function readParamTrees(folder: string): ReadonlyMap<string, FileValues> {
  const listed = listedParams(folder, false)
  const trees = (wanted: WantedParams, part: typeof partOf) =>
    [...wanted].flatMap(([file, keys]) =>
      existsSync(join(folder, file)) ? [[file, treeOf(folder, file, keys, part)] as const] : [],
    )
  return new Map([...trees(listed, partOf), ...trees(usedParams(folder, listed), flatPartOf)])
}

function treeOf(
  folder: string,
  file: string,
  keys: readonly string[] | null,
  part: typeof partOf,
): FileValues {
  try {
    const values = readParamsFile(join(folder, file), file)
    return { ok: true, values: keys === null ? values : part(values, keys) }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { ok: false, message: error.detail }
  }
}

/** A tree with these keys alone, each at its place. */
export function partOf(values: YamlMap, keys: readonly string[]): YamlMap {
  let part: YamlMap = new Map()
  for (const key of new Set(keys)) {
    const value = values.get(key) ?? lookup(values, key)
    if (value !== undefined) part = planted(part, key.split('.'), value)
  }
  return part
}

// What templates used is shown by its names in full.
function flatPartOf(values: YamlMap, keys: readonly string[]): YamlMap {
  return new Map(keys.map((key) => [key, values.get(key) ?? lookup(values, key) ?? null]))
}

function planted(
  tree: YamlMap,
  [first = '', ...rest]: readonly string[],
  value: YamlValue,
): YamlMap {
  if (rest.length === 0) return new Map(tree).set(first, value)
  const below = tree.get(first)
  return new Map(tree).set(
    first,
    planted(isYamlMap(below) ? below : new Map<string, YamlValue>(), rest, value),
  )
}
