import { posix } from 'node:path'
import { isYamlMap, pathInside, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import type { Stage, StageOut, StageParams } from '../schema.ts'
import { PLOT_PROPERTIES } from './dvc-yaml-shape.ts'
import { readHints } from './hints.ts'
import type { PipelineFile } from './pipeline-file.ts'
import { templateText } from './python-text.ts'
import type { ResolvedStage } from './resolve.ts'
import { kindOf } from './shape.ts'

interface Declared {
  readonly root: string
  readonly file: PipelineFile
  readonly resolved: ResolvedStage
}

/** A stage as the rest of Ratchet uses it. @throws PIPELINE_FILE_INVALID, DATASET_OUTSIDE */
export function toStage(declared: Declared): Stage {
  const { file, resolved } = declared
  const { data, name } = resolved
  const meta = data.get('meta') ?? null
  return {
    name,
    file: file.path,
    address: file.folder === '' ? name : `${file.path}:${name}`,
    group: resolved.group,
    isLiteral: resolved.isLiteral,
    cmd: commandOf(declared),
    wdir: workingFolder(declared),
    deps: list(data, 'deps').map(templateText),
    params: toParams(declared, list(data, 'params')),
    outs: (['out', 'metric', 'plot'] as const).flatMap((kind) =>
      toOuts(list(data, `${kind}s`), kind),
    ),
    frozen: data.get('frozen') === true,
    alwaysChanged: data.get('always_changed') === true,
    desc: textOrNull(data.get('desc')),
    meta,
    hints: readHints(file, [...resolved.path, 'meta', 'ratchet'], meta),
    used: resolved.used,
  }
}

function list(data: YamlMap, key: string): readonly YamlValue[] {
  const value = data.get(key)
  return Array.isArray(value) ? (value as readonly YamlValue[]) : []
}

function textOrNull(value: YamlValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function commandOf({ file, resolved }: Declared): string | readonly string[] {
  const cmd = resolved.data.get('cmd') ?? ''
  if (Array.isArray(cmd)) return cmd.map((line: YamlValue) => templateText(line))
  if (!isYamlMap(cmd) && cmd !== '') return templateText(cmd)
  throw file.invalid([...resolved.path, 'cmd'], `expected a command, found ${kindOf(cmd)}`)
}

function workingFolder({ root, file, resolved }: Declared): string {
  const wdir = templateText(resolved.data.get('wdir') ?? '.')
  const normal = posix.normalize(posix.join(file.folder, wdir)).replace(/\/$/, '')
  return normal === '.' || normal === '' ? '' : pathInside(root, normal).relative
}

// A path that is listed twice is one output, with the flags of both.
function toOuts(items: readonly YamlValue[], kind: StageOut['kind']): readonly StageOut[] {
  const merged = new Map<string, Map<string, YamlValue>>()
  for (const item of items) {
    const entries = isYamlMap(item) ? [...item] : [[templateText(item), null] as const]
    for (const [path, flags] of entries) {
      const known = merged.get(path) ?? new Map<string, YamlValue>()
      const parts = Array.isArray(flags) ? (flags as readonly YamlValue[]) : [flags]
      for (const part of parts)
        if (isYamlMap(part)) for (const [key, value] of part) known.set(key, value)
      merged.set(path, known)
    }
  }
  return [...merged].map(([path, flags]) => ({
    path,
    kind,
    cache: flags.get('cache') !== false,
    persist: flags.get('persist') === true,
    remote: textOrNull(flags.get('remote')),
    push: flags.get('push') !== false,
    flags,
  }))
}

export function plotProperties({ flags }: Pick<StageOut, 'flags'>): YamlMap {
  return new Map([...flags].filter(([key]) => PLOT_PROPERTIES.includes(key)))
}

// One entry a file: bare names belong to params.yaml, and a file without keys is tracked whole.
function toParams(
  { file, resolved }: Declared,
  items: readonly YamlValue[],
): readonly StageParams[] {
  const files = new Map<string, string[] | null>()
  const add = (name: string, keys: readonly string[] | null): void => {
    const known = files.get(name)
    const whole = keys === null || keys.length === 0 || known === null
    files.set(name, whole ? null : [...(known ?? []), ...keys])
  }
  for (const item of items) {
    if (!isYamlMap(item)) add(DEFAULT_PARAMS, [templateText(item)])
    else
      for (const [name, keys] of item) {
        if (keys !== null && !Array.isArray(keys))
          throw file.invalid(
            [...resolved.path, 'params'],
            `${name}: expected a list of keys, found ${kindOf(keys)}`,
          )
        add(name, keys?.map((key: YamlValue) => templateText(key)) ?? null)
      }
  }
  return [...files].map(([name, keys]) => ({
    file: name,
    keys: keys === null ? null : [...new Set(keys)],
  }))
}
