import { existsSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import {
  addDataset,
  type DataProject,
  findDvcFiles,
  hashPath,
  isYamlMap,
  parseYaml,
  readDvcFile,
} from '../datasets/index.ts'
import type { Looking } from './current.ts'
import { pipelineErrors } from './errors.ts'
import { fromRoot } from './graph.ts'
import { parents } from './path-index.ts'
import { isDvcFile, type Plan, type Selection } from './plan.ts'
import type { Stage } from './schema.ts'

/** Data under a `.dvc` file, from the root. */
export interface DataSource {
  readonly file: string
  readonly path: string
}

/**
 * The `.dvc` files that a run looks at, as `dvc repro` does: those named, those that its stages read, all with
 * `allPipelines`. What lies before a frozen stage, or before targets that go without it, is left alone.
 * @throws PIPELINE_STAGE_UNKNOWN
 */
export function sourcesOf(
  project: DataProject,
  { order }: Plan,
  selection: Selection,
): readonly string[] {
  const { allPipelines, single, downstream, pipeline, folder = '' } = selection
  if (allPipelines === true) return findDvcFiles(project)
  const named = selection.targets.filter(isDvcFile).map((target) => posix.join(folder, target))
  const missing = named.find((file) => !existsSync(join(project.root, file)))
  if (missing !== undefined)
    throw pipelineErrors.PIPELINE_STAGE_UNKNOWN({ detail: `${missing} does not exist` })
  if (single === true || (downstream === true && pipeline !== true)) return named
  const reading = order.filter(({ frozen }) => !frozen)
  return [...new Set([...named, ...sourceFiles(project, reading)])]
}

/** Those of them whose data is there and not as it was recorded. */
export async function changedSources(
  { project, known, signal }: Looking,
  files: readonly string[],
): Promise<readonly DataSource[]> {
  const changed: DataSource[] = []
  for (const file of files) {
    const { path, hash, text } = readDvcFile(project, file)
    if (hash === null || !existsSync(join(project.root, path)) || isPinned(text, file)) continue
    const { entries: _, ...current } = await hashPath(project, path, { store: false, signal })
    known.set(path, current)
    if (current.md5 !== hash.md5) changed.push({ file, path })
  }
  return changed
}

/** Versions them again: what a stage is about to read can then be had again, unless nothing is to be stored. */
export async function versionSources(
  { project, signal }: Looking,
  changed: readonly DataSource[],
  commit: boolean,
): Promise<void> {
  for (const { path } of changed) await addDataset(project, path, { signal, noCommit: !commit })
}

// An import follows its source and a frozen file nothing: neither takes over what a hand changed.
function isPinned(text: string, file: string): boolean {
  const document = parseYaml(text, file)
  return isYamlMap(document) && (document.has('deps') || document.get('frozen') === true)
}

function sourceFiles(project: DataProject, stages: readonly Stage[]): ReadonlySet<string> {
  const deps = new Set(stages.flatMap((stage) => stage.deps.map((dep) => fromRoot(stage, dep))))
  const found = new Set<string>()
  for (const dep of deps) {
    if (dep.includes(':/') || dep.startsWith('..') || dep.startsWith('/')) continue
    for (const path of [...parents(dep), dep])
      if (existsSync(join(project.root, `${path}.dvc`))) found.add(`${path}.dvc`)
    for (const name of filesIn(join(project.root, dep)))
      if (name.endsWith('.dvc')) found.add(`${dep}/${name}`)
  }
  return found
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
  } catch {
    return []
  }
}
