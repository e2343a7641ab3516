import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { errorMessage } from '../../base/errors.ts'
import {
  isTimestamp,
  isYamlMap,
  parseYaml,
  pathInside,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'
import type { Stage } from './schema.ts'
import { lookup, type Variables } from './templates.ts'
import { parseToml } from './toml.ts'

export const DEFAULT_PARAMS = 'params.yaml'

/** Values by key by file, as dvc.lock keeps them. */
export type ParamValues = ReadonlyMap<string, ReadonlyMap<string, YamlValue>>

/** Parses a parameter file by its ending: YAML, JSON or TOML. @throws PIPELINE_PARAMS_INVALID */
export function readParamsFile(absolute: string, name: string): YamlMap {
  const text = readFileSync(absolute, 'utf8')
  const value = parseByEnding(text, name)
  if (isYamlMap(value)) return value
  if (value === null) return new Map()
  throw invalid(name, 'it is not a mapping of names to values')
}

function parseByEnding(text: string, name: string): YamlValue {
  switch (extname(name)) {
    case '.toml':
      return parseToml(text, name)
    case '.py':
      throw pipelineErrors.PIPELINE_UNSUPPORTED({
        detail: `${name}: parameters in Python files are not read`,
        path: name,
        next: 'Move the parameters to params.yaml.',
      })
    default:
      // JSON is YAML, and this reader tells 1 from 1.0, as Python does.
      return parseYaml(text, name)
  }
}

/**
 * What a stage's parameters are now. A key that is missing is an error, as in DVC.
 * @throws PIPELINE_PARAMS_INVALID naming file and key
 */
export function readStageParams(root: string, stage: Stage): ParamValues {
  const values = new Map<string, ReadonlyMap<string, YamlValue>>()
  for (const { file, keys } of stage.params) {
    const { absolute, relative } = pathInside(root, file, join(root, stage.wdir))
    if (!existsSync(absolute)) throw invalid(relative, `stage "${stage.name}" needs this file`)
    const content = readParamsFile(absolute, relative)
    const chosen = keys === null ? [...content.keys()] : keys
    values.set(file, new Map(chosen.map((key) => [key, valueOf(content, key, relative)])))
  }
  return values
}

function valueOf(content: YamlMap, key: string, file: string): YamlValue {
  const value = content.has(key) ? content.get(key) : lookup(content, key)
  if (value === undefined) throw invalid(file, `there is no "${key}" in it`, key)
  refuseDates(value, file, key)
  return value
}

// DVC stops at such a value with an error of its own kind; here it says what to do.
function refuseDates(value: YamlValue, file: string, key: string): void {
  if (isTimestamp(value))
    throw invalid(
      file,
      `${key}: ${value.text} is read as a date, which DVC cannot track; quote it`,
      key,
    )
  if (Array.isArray(value)) for (const item of value) refuseDates(item as YamlValue, file, key)
  if (isYamlMap(value)) for (const [name, item] of value) refuseDates(item, file, `${key}.${name}`)
}

function invalid(file: string, detail: string, key?: string) {
  return pipelineErrors.PIPELINE_PARAMS_INVALID({
    detail: `${file}: ${detail}`,
    path: key === undefined ? file : `${file} ${key}`,
  })
}

/** What templates may name: params.yaml, then each of `vars`: a file, `file:key,key`, or values. */
export function readVariables(
  root: string,
  vars: readonly (string | Readonly<Record<string, unknown>>)[],
): Variables {
  const merged = new Map<string, YamlValue>()
  const defaults = join(root, DEFAULT_PARAMS)
  try {
    if (existsSync(defaults)) mergeInto(merged, readParamsFile(defaults, DEFAULT_PARAMS))
    for (const item of vars) mergeInto(merged, variablesOf(root, item))
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error
    throw invalid(DEFAULT_PARAMS, errorMessage(error))
  }
  return merged
}

function variablesOf(root: string, item: string | Readonly<Record<string, unknown>>): YamlMap {
  if (typeof item !== 'string') return toYamlMap(item)
  const [file = '', keys] = item.split(':')
  const { absolute, relative } = pathInside(root, file)
  if (!existsSync(absolute)) throw invalid(relative, 'vars names this file')
  const content = readParamsFile(absolute, relative)
  if (keys === undefined) return content
  return new Map(keys.split(',').map((key) => [key, valueOf(content, key, relative)]))
}

/** Plain values of JavaScript as YAML's. A number with a fraction is a float. */
export function toYaml(value: unknown): YamlValue {
  if (Array.isArray(value)) return value.map((item) => toYaml(item))
  if (typeof value === 'number' && !Number.isInteger(value)) return { type: 'float', value }
  if (typeof value === 'object' && value !== null)
    return toYamlMap(value as Readonly<Record<string, unknown>>)
  return value as YamlValue
}

function toYamlMap(record: Readonly<Record<string, unknown>>): YamlMap {
  return new Map(Object.entries(record).map(([key, value]) => [key, toYaml(value)]))
}

function mergeInto(target: Map<string, YamlValue>, source: YamlMap): void {
  for (const [key, value] of source) {
    const known = target.get(key)
    if (isYamlMap(known) && isYamlMap(value)) {
      const nested = new Map(known)
      mergeInto(nested, value)
      target.set(key, nested)
    } else target.set(key, value)
  }
}
