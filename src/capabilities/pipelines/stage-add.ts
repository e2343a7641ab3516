import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { isAbsolute, join, posix, relative, resolve } from 'node:path'
import {
  compareCodePoints,
  type DataProject,
  datasetErrors,
  findDvcFiles,
  isWithin,
  isYamlMap,
  openDataProject,
  pathInside,
  readDvcFile,
  writeAtomically,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import { parsePipelineFile, PIPELINE_FILE } from './declaration/pipeline-file.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { withFrozen, withStage } from './edit-stage.ts'
import { pipelineErrors } from './errors.ts'
import { buildGraph, fromRoot } from './graph.ts'
import { ignoreOutputs } from './ignore-outputs.ts'
import { DEFAULT_PARAMS } from './params.ts'
import { selectTargets } from './plan.ts'
import type { Stage, StageOut } from './schema.ts'

export interface NewOut {
  readonly path: string
  readonly kind: StageOut['kind']
  readonly cache: boolean
  readonly persist: boolean
}

export interface NewStage {
  /** Whose dvc.yaml it goes into, from the project's root; '' is the root. Its paths start there too. */
  readonly folder: string
  readonly name: string
  readonly cmd: string | readonly string[]
  readonly desc: string | null
  readonly wdir: string | null
  readonly deps: readonly string[]
  /** Names of params.yaml, or `file:key,key`; `file:` is all of a file. */
  readonly params: readonly string[]
  readonly outs: readonly NewOut[]
  readonly alwaysChanged: boolean
  /** Replaces a stage of the name. */
  readonly force: boolean
}

export interface AddedStage {
  /** The dvc.yaml, from the root. */
  readonly file: string
  /** Files to commit with Git. */
  readonly written: readonly string[]
}

/** Writes a stage into dvc.yaml and its outputs into .gitignore. @throws PIPELINE_STAGE_EXISTS and its kin */
export async function addStage(root: string, stage: NewStage): Promise<AddedStage> {
  refuseName(stage.name)
  const file = posix.join(stage.folder, PIPELINE_FILE)
  const path = join(root, file)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null
  const known = parsePipelineFile(before ?? '', file).document.get('stages')
  if (!stage.force && known instanceof Map && known.has(stage.name))
    throw pipelineErrors.PIPELINE_STAGE_EXISTS({ detail: `"${stage.name}" in ${file}` })
  refuseRepeated(stage)
  const wdir = workingFolder(root, stage)
  const definition = stageDefinition({ ...stage, wdir })
  const replaced = known instanceof Map ? (known.get(stage.name) as YamlValue) : null
  writeAtomically(path, withStage(before ?? '', stage.name, keepNotes(definition, replaced)))
  try {
    return { file, written: [file, ...(await ignoreOutputsOf(root, file, stage))] }
  } catch (error) {
    // Nothing half right is left behind.
    if (before === null) rmSync(path)
    else writeAtomically(path, before)
    throw error
  }
}

function refuseRepeated({ name, outs }: NewStage): void {
  const paths = outs.map(({ path }) => posix.normalize(path))
  const repeated = paths.find((path, index) => paths.indexOf(path) !== index)
  if (repeated === undefined) return
  throw pipelineErrors.PIPELINE_OUTPUT_TWICE({
    detail: `${repeated} is named twice as an output of "${name}"`,
  })
}

/** As dvc.yaml says it: from its own folder. @throws PIPELINE_FOLDER_MISSING */
function workingFolder(root: string, { folder, wdir }: NewStage): string | null {
  if (wdir === null) return null
  const own = join(root, folder)
  const absolute = resolve(own, wdir)
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw pipelineErrors.PIPELINE_FOLDER_MISSING({ detail: `there is no folder ${wdir}` })
  return isAbsolute(wdir) ? relative(own, absolute) || null : wdir
}

// What somebody wrote about the stage that is replaced is true of the new one.
function keepNotes(definition: YamlMap, replaced: YamlValue): YamlMap {
  if (!isYamlMap(replaced)) return definition
  const meta = replaced.get('meta') ?? null
  const desc = definition.get('desc') ?? replaced.get('desc') ?? null
  return new Map([
    ...(desc === null ? [] : [['desc', desc] as const]),
    ...definition,
    ...(meta === null ? [] : [['meta', meta] as const]),
  ])
}

async function ignoreOutputsOf(
  root: string,
  file: string,
  { name, outs }: NewStage,
): Promise<readonly string[]> {
  const stages = readPipeline(root)
  buildGraph(stages)
  // dvc.yaml has them sorted; Git hears of them in the order in which they were named, as with DVC.
  const asked = outs.map(({ path }) => path)
  const added = [...stages.values()]
    .filter((other) => other.file === file && other.name === name)
    .map((other) => ({
      ...other,
      outs: other.outs.toSorted((a, b) => asked.indexOf(a.path) - asked.indexOf(b.path)),
    }))
  const project = openDataProject(root)
  try {
    for (const stage of added) refuseTracked(project, stage)
    return await ignoreOutputs(project, added)
  } finally {
    project.close()
  }
}

// What a `.dvc` file tracks is written by no stage, and what is kept in the cache lies in the project.
function refuseTracked(project: DataProject, stage: Stage): void {
  const tracked = findDvcFiles(project).flatMap((file) =>
    readDvcFile(project, file).outs.flatMap(({ path }) => (path === null ? [] : [{ path, file }])),
  )
  for (const { path, cache } of stage.outs) {
    const out = fromRoot(stage, path)
    if (cache) pathInside(project.root, out)
    const other = tracked.find((one) => isWithin(one.path, out) || isWithin(out, one.path))
    if (other !== undefined)
      throw datasetErrors.DATASET_OVERLAPS({
        detail: `${out} of "${stage.name}" and ${other.path} of ${other.file}`,
        path: out,
        next: `Give the stage another output, or stop tracking the data with \`ratchet remove ${other.file}\`.`,
      })
  }
}

/**
 * Freezes stages, or lets them run again; `folder`, from the root, is where their names are seen from.
 * @throws PIPELINE_STAGE_UNKNOWN, PIPELINE_STAGE_GENERATED
 */
export function freezeStages(
  root: string,
  { names, folder }: { readonly names: readonly string[]; readonly folder: string },
  frozen: boolean,
): void {
  const stages = readPipeline(root)
  const chosen = selectTargets(stages, { targets: names, folder }).flatMap((address) => {
    const stage = stages.get(address)
    if (stage !== undefined && (stage.group !== null || !stage.isLiteral))
      throw pipelineErrors.PIPELINE_STAGE_GENERATED({ detail: `"${address}"`, path: stage.file })
    return stage ?? []
  })
  for (const { file, name } of chosen) {
    const path = join(root, file)
    const before = readFileSync(path, 'utf8')
    const after = withFrozen(before, name, frozen)
    if (after !== before) writeAtomically(path, after)
  }
}

function refuseName(name: string): void {
  // Of punctuation only these two: others have a meaning in names of stages.
  if (/^[^!-,./:-@[-^`{-~\s]+$/.test(name)) return
  throw pipelineErrors.PIPELINE_STAGE_NAME({ detail: `"${name}"` })
}

/** A stage as DVC writes it: order of keys, sorted paths, flags only where they say something. */
export function stageDefinition(stage: NewStage): YamlMap {
  const outs = (kind: StageOut['kind']): readonly YamlValue[] =>
    stage.outs
      .filter((out) => out.kind === kind)
      .toSorted((a, b) => compareCodePoints(a.path, b.path))
      .map(outDefinition)
  const entries: readonly (readonly [string, YamlValue])[] = [
    ['desc', stage.desc],
    ['cmd', stage.cmd],
    ['wdir', stage.wdir === '.' ? null : stage.wdir],
    ['deps', [...new Set(stage.deps)].toSorted(compareCodePoints)],
    ['params', paramsDefinition(stage.params)],
    ['outs', outs('out')],
    ['metrics', outs('metric')],
    ['plots', outs('plot')],
    ['always_changed', stage.alwaysChanged || null],
  ]
  const said = entries.filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  )
  return new Map(said)
}

function outDefinition({ path, cache, persist }: NewOut): YamlValue {
  const flags = new Map<string, YamlValue>()
  if (!cache) flags.set('cache', false)
  if (persist) flags.set('persist', true)
  return flags.size === 0 ? path : new Map([[path, flags]])
}

function paramsDefinition(params: readonly string[]): readonly YamlValue[] {
  const files = new Map<string, Set<string>>()
  for (const param of params) {
    const at = param.lastIndexOf(':')
    const file = at < 0 ? DEFAULT_PARAMS : param.slice(0, at)
    const keys = (at < 0 ? param : param.slice(at + 1)).split(',').filter((key) => key !== '')
    const known = files.get(file) ?? new Set<string>()
    for (const key of keys) known.add(key)
    files.set(file, known)
  }
  const sorted = (keys: ReadonlySet<string>) => [...keys].toSorted(compareCodePoints)
  const own = sorted(files.get(DEFAULT_PARAMS) ?? new Set())
  const others = [...files]
    .filter(([file, keys]) => file !== DEFAULT_PARAMS || keys.size === 0)
    .toSorted(([a], [b]) => compareCodePoints(a, b))
  return [
    ...own,
    ...others.map(([file, keys]) => new Map([[file, keys.size === 0 ? null : sorted(keys)]])),
  ]
}
