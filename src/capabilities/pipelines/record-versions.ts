import {
  type DataProject,
  entryWithVersions,
  filesOf,
  isYamlMap,
  type RecordedFile,
  type VersionedOut,
  withListedFiles,
  type YamlValue,
} from '../datasets/index.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { lockWriter } from './lock-writer.ts'
import type { LockedPath, Stage } from './schema.ts'

/**
 * Records in dvc.lock which versions a remote keeps of what stages wrote. As DVC, the folders that such a stage reads are
 * then listed file by file too.
 */
export async function recordStageVersions(
  project: DataProject,
  outs: readonly VersionedOut[],
): Promise<void> {
  const locks = lockWriter(project.root, [])
  for (const stage of readPipeline(project.root).values()) {
    const written = outs.filter(({ out }) => out.declaredBy === `${stage.file}:${stage.name}`)
    const locked = written.length === 0 ? null : locks.find(stage)
    if (locked === null) continue
    await locks.save(stage, {
      ...locked,
      deps: locked.deps.map((dep) => withListing(project, dep)),
      outs: locked.outs.map((out) => withVersionsOf(stage, out, written)),
    })
  }
}

function withVersionsOf(
  stage: Stage,
  locked: LockedPath,
  written: readonly VersionedOut[],
): LockedPath {
  const found = written.find(({ out }) => out.path === fromRoot(stage, locked.path))
  return found === undefined ? locked : inLock(locked, found.files)
}

function inLock(
  { isexec, cloud: before, ...locked }: LockedPath,
  files: readonly RecordedFile[],
): LockedPath {
  const known = new Map<string, YamlValue>([
    ...(isexec === true ? ([['isexec', true]] as const) : []),
    ...(before === undefined ? [] : ([['cloud', before]] as const)),
  ])
  const entry = entryWithVersions(known, files)
  const [cloud, listed] = [entry.get('cloud'), entry.get('files')]
  return {
    ...locked,
    ...(entry.get('isexec') === true ? { isexec: true } : {}),
    ...(isYamlMap(cloud) ? { cloud } : {}),
    ...(Array.isArray(listed) ? { files: listed as readonly YamlValue[] } : {}),
  }
}

function withListing(project: DataProject, dep: LockedPath): LockedPath {
  if (!dep.md5.endsWith('.dir') || dep.files !== undefined) return dep
  const files = filesOf(project, { hash: dep })
  if (files === null) return dep
  const listed = withListedFiles(new Map(), files).get('files')
  return { ...dep, files: listed as readonly YamlValue[] }
}
