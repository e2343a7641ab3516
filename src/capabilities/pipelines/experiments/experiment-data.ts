import { type DataProject, findDvcFiles, type PathHash, readDvcFile } from '../../datasets/index.ts'
import { findPipelineFiles } from '../declaration/find-pipelines.ts'
import { readPipeline } from '../declaration/read-pipeline.ts'
import { fromRoot } from '../graph.ts'
import { lockWriter } from '../lock-writer.ts'
import { declaredMetrics, type FileValues, metricsOf } from '../reports/read-reports.ts'
import { atRevision, WORKSPACE } from '../reports/revision.ts'
import { readParamTrees } from './params-tree.ts'

/** What a path held; null where nothing was recorded. */
export type PathFacts = Pick<PathHash, 'md5' | 'size' | 'nfiles'> | null

export interface OutFacts {
  readonly content: PathFacts
  readonly cache: boolean
  /** A `.dvc` file tracks it; no stage makes it. */
  readonly isSource: boolean
}

/** What a commit, or the workspace, says of a try: what went in, and what came out. Paths are from the root. */
export interface ExperimentData {
  readonly params: ReadonlyMap<string, FileValues>
  readonly metrics: ReadonlyMap<string, FileValues>
  readonly deps: ReadonlyMap<string, PathFacts>
  /** Neither metrics nor plots. */
  readonly outs: ReadonlyMap<string, OutFacts>
}

/** @throws DATASET_REVISION_UNKNOWN, PIPELINE_FILE_INVALID and its kin */
export function readExperimentData(
  project: DataProject,
  revision: string,
): Promise<ExperimentData> {
  return atRevision(project.root, revision, (folder) => {
    const place = { ...project, root: revision === WORKSPACE ? project.root : folder }
    const sources = sourcesOf(place)
    if (findPipelineFiles(folder).length === 0)
      return { params: new Map(), metrics: new Map(), deps: new Map(), outs: sources }
    const metrics = metricsOf({ project, folder }, declaredMetrics(folder))
    const { deps, outs } = stagePaths(folder)
    return {
      params: readParamTrees(folder),
      metrics,
      deps,
      outs: new Map([...sources, ...outs]),
    }
  })
}

function sourcesOf(place: DataProject): ReadonlyMap<string, OutFacts> {
  const outs = findDvcFiles(place).flatMap((file) => readDvcFile(place, file).outs)
  return new Map(
    outs.flatMap(({ path, hash, cache }) =>
      path === null ? [] : [[path, { content: hash, cache, isSource: true }] as const],
    ),
  )
}

function stagePaths(folder: string) {
  const locks = lockWriter(folder, [])
  const deps = new Map<string, PathFacts>()
  const outs = new Map<string, OutFacts>()
  for (const stage of readPipeline(folder).values()) {
    const locked = locks.find(stage)
    for (const path of stage.deps)
      if (!path.includes('://')) deps.set(fromRoot(stage, path), factsOf(locked?.deps, path))
    for (const { path, kind, cache } of stage.outs) {
      if (kind !== 'out') continue
      const content = factsOf(locked?.outs, path)
      outs.set(fromRoot(stage, path), { content, cache, isSource: false })
    }
  }
  return { deps, outs }
}

function factsOf(
  entries: readonly (PathHash & { readonly path: string })[] | undefined,
  path: string,
): PathFacts {
  const found = entries?.find((entry) => entry.path === path)
  return found === undefined || found.md5 === '' ? null : found
}
