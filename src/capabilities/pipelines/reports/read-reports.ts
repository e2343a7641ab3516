import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import {
  cachePath,
  type DataProject,
  isCached,
  isFloat,
  isWithin,
  isYamlMap,
  openDataProject,
  readDirObject,
  type YamlMap,
  type YamlValue,
} from '../../datasets/index.ts'
import { type PipelineDeclaration, readDeclarations } from '../declaration/read-pipeline.ts'
import { fromRoot } from '../graph.ts'
import { lockWriter } from '../lock-writer.ts'
import { lookup, readParamsFile, readValuesFile } from '../params.ts'
import type { Stage, StageOut } from '../schema.ts'
import { atRevision } from './revision.ts'
import { flattenValues, type FlatValues, metricValues } from './values.ts'

/** The values of one file, names to values or one value alone, or why they cannot be read. */
export type FileValues =
  | { readonly ok: true; readonly values: YamlValue }
  | { readonly ok: false; readonly message: string }

export interface ReportRequest {
  readonly root: string
  readonly revision: string
  /** Files, from the root; none is all. */
  readonly targets: readonly string[]
}

/** Metrics by file, as a revision has them: those of stages and of the top of dvc.yaml, in a folder all its files. */
export function readMetrics(request: ReportRequest): Promise<ReadonlyMap<string, FileValues>> {
  const { root, revision, targets } = request
  return atRevision(root, revision, (folder) => {
    const project = openDataProject(root)
    try {
      const place = { project, folder }
      if (targets.length === 0) return metricsOf(place, declaredMetrics(folder))
      const found = targets.map((target) => metricsOf(place, [target]))
      // What was asked for by name is said to be missing.
      const told = found.map((files, at) =>
        files.size === 0 ? new Map([[targets[at] ?? '', MISSING]]) : files,
      )
      return new Map(told.flatMap((files) => [...files]))
    } finally {
      project.close()
    }
  })
}

const MISSING: FileValues = { ok: false, message: 'there is no such file' }

/** What can be read of files and folders named from the root. */
export function metricsOf(
  place: ReportPlace,
  names: readonly string[],
): ReadonlyMap<string, FileValues> {
  const files = names.flatMap((name) => [...locateAll(place, name)])
  return new Map(files.map(([path, absolute]) => [path, readReport(absolute, path)]))
}

export function declaredMetrics(folder: string): readonly string[] {
  const declarations = readDeclarations(folder)
  const own = declarations.flatMap(({ stages }) => outsOf(stages, 'metric').map(({ path }) => path))
  const top = declarations.flatMap((declaration) => topFiles(declaration, 'metrics'))
  return [...new Set([...own, ...top])]
}

/** The outputs of a kind, with their paths from the root. */
export function outsOf(
  stages: readonly Stage[],
  kind: StageOut['kind'],
): readonly (StageOut & { readonly stage: Stage })[] {
  return stages.flatMap((stage) =>
    stage.outs
      .filter((out) => out.kind === kind)
      .map((out) => ({ ...out, stage, path: fromRoot(stage, out.path) })),
  )
}

export function topFiles({ file, resolved }: PipelineDeclaration, name: string): readonly string[] {
  const section = resolved.section(name)
  const items = Array.isArray(section) ? (section as readonly YamlValue[]) : []
  const texts = items.filter((item) => typeof item === 'string')
  return texts.map((path) => posix.normalize(posix.join(file.folder, path)))
}

export interface ReportPlace {
  readonly project: DataProject
  /** The workspace, or the folder with the small files of a revision. */
  readonly folder: string
}

function readReport(absolute: string, path: string): FileValues {
  try {
    const value = readValuesFile(absolute, path)
    const isAlone = typeof value === 'number' || typeof value === 'string' || isFloat(value)
    const values = isAlone ? value : metricValues(readParamsFile(absolute, path))
    return { ok: true, values }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { ok: false, message: error.detail }
  }
}

/** Where a file can be read: in its place, or in the cache as dvc.lock of that revision says. Null also for a folder. */
export function locate(place: ReportPlace, path: string): string | null {
  return locateAll(place, path).get(path) ?? null
}

/** The same for all files of a folder, by their paths from the root. */
export function locateAll(place: ReportPlace, path: string): ReadonlyMap<string, string> {
  const absolute = join(place.folder, path)
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined) return locateCached(place, path)
  if (!stats.isDirectory()) return new Map([[path, absolute]])
  const inside = readdirSync(absolute, { recursive: true, withFileTypes: true })
  const files = inside.filter((entry) => !entry.isDirectory())
  const names = files.map((entry) => posix.relative(absolute, join(entry.parentPath, entry.name)))
  return new Map(names.toSorted().map((name) => [`${path}/${name}`, join(absolute, name)]))
}

function locateCached({ project, folder }: ReportPlace, path: string): ReadonlyMap<string, string> {
  const stages = readDeclarations(folder).flatMap((declaration) => declaration.stages)
  const locks = lockWriter(folder, [])
  for (const stage of stages)
    for (const { path: name, md5 } of locks.find(stage)?.outs ?? []) {
      const out = fromRoot(stage, name)
      if (!isWithin(path, out) || md5 === '' || !isCached(project, md5)) continue
      if (!md5.endsWith('.dir')) return new Map([[out, cachePath(project, md5)]])
      const entries = readDirObject(project, md5).map(
        ({ relpath, md5: oid }) => [`${out}/${relpath}`, oid] as const,
      )
      return new Map(
        entries
          .filter(([file, oid]) => isWithin(file, path) && isCached(project, oid))
          .map(([file, oid]) => [file, cachePath(project, oid)]),
      )
    }
  return new Map()
}

/** Parameters by file: params.yaml whole, of other files what stages depend on or their templates use. */
export function readParams(
  request: ReportRequest,
  depsOnly: boolean,
): Promise<ReadonlyMap<string, FlatValues>> {
  const { root, revision, targets } = request
  return atRevision(root, revision, (folder) => {
    const wanted =
      targets.length > 0
        ? new Map(targets.map((file) => [file, null]))
        : wantedParams(folder, depsOnly)
    const found = [...wanted].flatMap(([file, keys]) => {
      const absolute = join(folder, file)
      if (!existsSync(absolute)) return []
      return [[file, chosen(readParamsFile(absolute, file), keys)] as const]
    })
    return new Map(found)
  })
}

/** Keys by file; null is all of the file. */
export type WantedParams = Map<string, readonly string[] | null>

function wantedParams(folder: string, depsOnly: boolean): WantedParams {
  const listed = listedParams(folder, depsOnly)
  return depsOnly ? listed : new Map([...listed, ...usedParams(folder, listed)])
}

/** What stages depend on; and params.yaml and the files named on top of dvc.yaml, unless it is `depsOnly`. */
export function listedParams(folder: string, depsOnly: boolean): WantedParams {
  const declarations = readDeclarations(folder)
  const wanted: WantedParams = new Map()
  for (const stage of declarations.flatMap((declaration) => declaration.stages))
    for (const { file, keys } of stage.params) want(wanted, fromRoot(stage, file), keys)
  if (depsOnly) return wanted
  want(wanted, 'params.yaml', null)
  for (const declaration of declarations)
    for (const file of topFiles(declaration, 'params')) want(wanted, file, null)
  return wanted
}

/** What templates took from files that are not listed. */
export function usedParams(folder: string, listed: WantedParams): WantedParams {
  const wanted: WantedParams = new Map()
  for (const stage of readDeclarations(folder).flatMap(({ stages }) => stages))
    for (const [file, keys] of stage.used) if (!listed.has(file)) want(wanted, file, [...keys])
  return wanted
}

function want(wanted: WantedParams, file: string, keys: readonly string[] | null): void {
  const known = wanted.get(file)
  const whole = keys === null || known === null
  wanted.set(file, whole ? null : [...(known ?? []), ...keys])
}

function chosen(values: YamlMap, keys: readonly string[] | null): FlatValues {
  if (keys === null) return flattenValues(values)
  const flat = new Map<string, YamlValue>()
  for (const key of keys) {
    const value = values.get(key) ?? lookup(values, key)
    if (value === undefined) continue
    if (!isYamlMap(value)) flat.set(key, value)
    else for (const [name, inner] of flattenValues(value, `${key}.`)) flat.set(name, inner)
  }
  return flat
}
