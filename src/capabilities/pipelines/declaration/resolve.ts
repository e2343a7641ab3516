import { posix } from 'node:path'
import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import type { FlagStyle } from './command-flags.ts'
import type { ContextNode, Origin } from './context.ts'
import { generatedStages } from './generated.ts'
import { type Filling, fillValue, hasTemplate } from './interpolate.ts'
import type { PipelineFile } from './pipeline-file.ts'
import { templateText } from './python-text.ts'
import type { ValuePath } from './shape.ts'
import { fileVariables, stageVariables, type Variables } from './variables.ts'

/** A stage of dvc.yaml with every template filled in. */
export interface ResolvedStage {
  readonly name: string
  /** The stage of dvc.yaml that generated it by foreach or matrix. */
  readonly group: string | null
  readonly data: YamlMap
  /** Whether dvc.yaml says the same, word for word: only then can a command of ours edit it. */
  readonly isLiteral: boolean
  /** Where it stands in dvc.yaml. */
  readonly path: ValuePath
  /** Keys that its templates took from files, by file. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>
}

export interface ResolvedFile {
  readonly stages: readonly ResolvedStage[]
  /** The sections beside `stages`, such as `metrics`, filled in. */
  readonly section: (name: string) => YamlValue
}

export interface Resolving {
  readonly root: string
  readonly file: PipelineFile
  readonly flags: FlagStyle
}

/** All stages of one dvc.yaml, in its order. @throws PIPELINE_FILE_INVALID, PIPELINE_PARAMS_INVALID */
export function resolveFile(resolving: Resolving): ResolvedFile {
  const { file, root } = resolving
  const vars = listIn(file.document, 'vars')
  refuseTemplates(file, ['vars'], vars)
  const variables = fileVariables({ root, file, folder: file.folder, path: ['vars'] }, vars)
  const stages = file.document.get('stages')
  const entries = isYamlMap(stages) ? [...stages] : []
  return {
    stages: entries.flatMap(([name, definition]) =>
      isYamlMap(definition) ? resolveEntry(resolving, variables, { name, definition }) : [],
    ),
    section: (name) => {
      const filling = fillingAt(resolving, variables, { path: [name], onUse: () => {} })
      return fillValue(filling, file.document.get(name) ?? null)
    },
  }
}

function listIn(map: YamlMap, key: string): readonly YamlValue[] {
  const value = map.get(key)
  return Array.isArray(value) ? (value as readonly YamlValue[]) : []
}

function refuseTemplates(file: PipelineFile, path: ValuePath, value: YamlValue): void {
  if (typeof value === 'string' && hasTemplate(value))
    throw file.invalid(path, 'a template cannot stand in vars')
  if (Array.isArray(value))
    for (const [index, item] of value.entries())
      refuseTemplates(file, [...path, index], item as YamlValue)
  if (isYamlMap(value))
    for (const [key, item] of value) {
      refuseTemplates(file, [...path, key], key)
      refuseTemplates(file, [...path, key], item)
    }
}

interface Where {
  readonly path: ValuePath
  readonly onUse: (origin: Origin | null) => void
}

function fillingAt({ flags, file }: Resolving, { context }: Variables, where: Where): Filling {
  return { context, flags, isCommand: false, fail: file.invalid, ...where }
}

interface Entry {
  readonly name: string
  readonly definition: YamlMap
}

function resolveEntry(
  resolving: Resolving,
  variables: Variables,
  { name, definition }: Entry,
): readonly ResolvedStage[] {
  const path = ['stages', name]
  const filling = fillingAt(resolving, variables, { path, onUse: () => {} })
  const generated = generatedStages(filling, definition)
  if (generated === null) {
    const group = null
    return [resolveStage(resolving, variables, { name, group, path, template: definition })]
  }
  const inner = definition.get('do')
  const template = isYamlMap(inner) ? inner : without(definition, 'matrix')
  const inside = isYamlMap(inner) ? [...path, 'do'] : path
  return generated.map(({ key, set }) =>
    resolveStage(resolving, withSet(variables, set), {
      name: `${name}@${key}`,
      group: name,
      path: inside,
      template,
    }),
  )
}

function without(map: YamlMap, key: string): YamlMap {
  return new Map([...map].filter(([name]) => name !== key))
}

function withSet(variables: Variables, set: ReadonlyMap<string, ContextNode>): Variables {
  const { context, imports } = variables
  const entries = new Map([...context.entries, ...set])
  return { imports, reserved: new Set(set.keys()), context: { ...context, entries } }
}

interface StageTemplate {
  readonly name: string
  readonly group: string | null
  readonly path: ValuePath
  readonly template: YamlMap
}

function resolveStage(
  resolving: Resolving,
  known: Variables,
  { name, group, path, template }: StageTemplate,
): ResolvedStage {
  const used = new Map<string, Set<string>>()
  const onUse = (origin: Origin | null): void => {
    if (origin?.isFile !== true) return
    used.set(origin.source, (used.get(origin.source) ?? new Set()).add(origin.path))
  }
  const variables = ownVariables(resolving, known, { path, template })
  const entries = [...without(template, 'vars')].map(([key, value]) => {
    const filling = fillingAt(resolving, variables, { path: [...path, key], onUse })
    return [key, fillValue({ ...filling, isCommand: key === 'cmd' }, value)] as const
  })
  const isLiteral =
    group === null &&
    !template.has('vars') &&
    entries.every(([key, value]) => sameText(value, template.get(key)))
  return { name, group, data: new Map(entries), isLiteral, path, used }
}

function ownVariables(
  resolving: Resolving,
  variables: Variables,
  { path, template }: Pick<StageTemplate, 'path' | 'template'>,
): Variables {
  const vars = listIn(template, 'vars')
  if (vars.length === 0) return variables
  const { file, root } = resolving
  refuseTemplates(file, [...path, 'vars'], vars)
  const filling = fillingAt(resolving, variables, { path: [...path, 'wdir'], onUse: () => {} })
  const wdir = templateText(fillValue(filling, template.get('wdir') ?? '.'))
  const folder = posix.normalize(posix.join(file.folder, wdir))
  return stageVariables(variables, { root, file, folder, path: [...path, 'vars'] }, vars)
}

function sameText(a: YamlValue, b: YamlValue | undefined): boolean {
  if (b === undefined) return false
  if (isYamlMap(a) && isYamlMap(b))
    return a.size === b.size && [...a].every(([key, value]) => sameText(value, b.get(key)))
  if (Array.isArray(a) && Array.isArray(b))
    return (
      a.length === b.length &&
      a.every((item: YamlValue, index) => sameText(item, b[index] as YamlValue))
    )
  return typeof a === 'object' && a !== null ? true : a === b
}
