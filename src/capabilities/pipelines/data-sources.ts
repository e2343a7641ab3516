import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  addDataset,
  type DataProject,
  hashPath,
  isYamlMap,
  parseYaml,
  readDvcFile,
} from '../datasets/index.ts'
import type { Looking } from './current.ts'
import { fromRoot } from './graph.ts'
import type { Stage } from './schema.ts'

/**
 * Versions again the data under `.dvc` files that the stages read and that changed, as `dvc repro` does: what a
 * stage is about to read can then be had again. Returns the paths.
 */
export async function versionChangedSources(
  { project, known, signal }: Looking,
  stages: readonly Stage[],
): Promise<readonly string[]> {
  const changed: string[] = []
  for (const file of sourceFiles(project, stages)) {
    const { path, hash, text } = readDvcFile(project, file)
    if (hash === null || !existsSync(join(project.root, path)) || isPinned(text, file)) continue
    const { entries: _, ...current } = await hashPath(project, path, { store: false, signal })
    known.set(path, current)
    if (current.md5 === hash.md5) continue
    await addDataset(project, path, { signal })
    changed.push(path)
  }
  return changed
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

function parents(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
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
