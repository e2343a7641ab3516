import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import {
  isTimestamp,
  isYamlMap,
  parseYaml,
  pathInside,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'
import type { ParamFiles } from './param-files.ts'
import type { Stage } from './schema.ts'
import { refuseConflict } from './declaration/pipeline-file.ts'
import { JsonFault, parseJsonValues } from './parameters/json-values.ts'
import { parsePythonParams } from './parameters/python-file.ts'
import { PythonFault } from './parameters/python-lines.ts'
import { parseToml } from './parameters/toml.ts'

export const DEFAULT_PARAMS = 'params.yaml'

/** Values by key by file, as dvc.lock keeps them. */
export type ParamValues = ReadonlyMap<string, ReadonlyMap<string, YamlValue>>

/** Parses a parameter file by its ending: YAML, JSON, TOML or Python. @throws PIPELINE_PARAMS_INVALID */
export function readParamsFile(absolute: string, name: string): YamlMap {
  const value = readValuesFile(absolute, name)
  if (isYamlMap(value)) return value
  if (value === null) return new Map()
  throw invalid(name, 'it is not a mapping of names to values')
}

/** The same, whatever it holds. @throws PIPELINE_PARAMS_INVALID */
export function readValuesFile(absolute: string, name: string): YamlValue {
  const text = readFileSync(absolute, 'utf8')
  refuseConflict(text, name)
  return parseByEnding(text, name)
}

function parseByEnding(text: string, name: string): YamlValue {
  try {
    switch (extname(name).toLowerCase()) {
      case '.toml':
        return parseToml(text, name)
      case '.py':
        return parsePythonParams(text)
      case '.json':
        return parseJsonValues(text)
      default:
        return parseYaml(text, name)
    }
  } catch (error) {
    if (error instanceof JsonFault) throw invalid(placeAt(name, text, error.offset), error.message)
    if (error instanceof PythonFault) throw invalid(`${name}:${error.line}`, error.message)
    throw error
  }
}

function placeAt(name: string, text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n')
  return `${name}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`
}

/**
 * What a stage's parameters are now. A key that is missing is an error, as in DVC.
 * @throws PIPELINE_PARAMS_INVALID naming file and key
 */
export function readStageParams(root: string, stage: Stage, files: ParamFiles): ParamValues {
  const values = new Map<string, ReadonlyMap<string, YamlValue>>()
  for (const { file, keys } of stage.params) {
    const { absolute, relative } = pathInside(root, file, join(root, stage.wdir))
    if (!existsSync(absolute)) throw invalid(relative, `stage "${stage.name}" needs this file`)
    const content = files.read(absolute, relative)
    const chosen = keys === null ? [...content.keys()] : keys
    values.set(file, new Map(chosen.map((key) => [key, valueOf(content, key, relative)])))
  }
  return values
}

/** The value under a path such as `train.layers.0`; undefined when there is none. */
export function lookup(root: YamlValue, path: string): YamlValue | undefined {
  let value: YamlValue | undefined = root
  for (const key of path.split('.')) {
    if (isYamlMap(value)) value = value.get(key)
    else if (Array.isArray(value) && /^-?\d+$/.test(key)) value = value.at(Number(key)) as YamlValue
    else return undefined
  }
  return value
}

/** The value of a parameter: a key of that very name comes before a path. */
export function valueAt(content: YamlMap, key: string): YamlValue | undefined {
  return content.has(key) ? content.get(key) : lookup(content, key)
}

function valueOf(content: YamlMap, key: string, file: string): YamlValue {
  const value = valueAt(content, key)
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

/** Plain values of JavaScript as YAML's. A number with a fraction is a float. */
export function toYaml(value: unknown): YamlValue {
  if (Array.isArray(value)) return value.map((item) => toYaml(item))
  if (typeof value === 'number' && !Number.isInteger(value)) return { type: 'float', value }
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, item]) => [key, toYaml(item)]))
  return value as YamlValue
}
