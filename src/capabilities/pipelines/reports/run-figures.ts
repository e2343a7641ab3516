import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import {
  cachePath,
  type DataProject,
  hashPath,
  isCached,
  openDataProject,
} from '../../datasets/index.ts'
import { findPipelineFiles } from '../declaration/find-pipelines.ts'
import { readPipeline } from '../declaration/read-pipeline.ts'
import { readParamsFile } from '../params.ts'
import type { PathRecord, StageRecord } from '../schema.ts'
import { outsOf } from './read-reports.ts'
import { flattenValues, metricValues, valueText } from './values.ts'

export interface RunFigure {
  readonly path: string
  readonly key: string
  readonly value: string
}

/**
 * What a run wrote into its metrics files: from the workspace while that still holds it, else from the cache.
 * What can be read nowhere any more is left out.
 */
export async function runFigures(
  { root, stateDir }: { readonly root: string; readonly stateDir: string },
  records: readonly Pick<StageRecord, 'outputs'>[],
): Promise<readonly RunFigure[]> {
  if (!existsSync(join(root, '.dvc')) || findPipelineFiles(root).length === 0) return []
  const metrics = declaredMetrics(root)
  const written = records.flatMap(({ outputs }) => outputs).filter(({ path }) => metrics.has(path))
  const project = openDataProject(root, { stateDir })
  try {
    const found: RunFigure[] = []
    for (const output of written) found.push(...(await figuresOf(project, output)))
    return found
  } finally {
    project.close()
  }
}

// A run is told also while somebody edits dvc.yaml and it cannot be read, above all the run that failed for it.
function declaredMetrics(root: string): ReadonlySet<string> {
  try {
    return new Set(outsOf([...readPipeline(root).values()], 'metric').map(({ path }) => path))
  } catch (error) {
    if (error instanceof RatchetError) return new Set()
    throw error
  }
}

async function figuresOf(project: DataProject, output: PathRecord): Promise<readonly RunFigure[]> {
  const { path } = output
  const file = await contentOf(project, output)
  if (file === null) return []
  try {
    const values = flattenValues(metricValues(readParamsFile(file, path)))
    return [...values].map(([key, value]) => ({ path, key, value: valueText(value) }))
  } catch (error) {
    // A metrics file that is no mapping has no figures to show; the stage itself went well.
    if (error instanceof RatchetError) return []
    throw error
  }
}

async function contentOf(project: DataProject, { path, md5 }: PathRecord): Promise<string | null> {
  const absolute = join(project.root, path)
  if (existsSync(absolute)) {
    const now = await hashPath(project, path, { store: false })
    if (now.md5 === md5) return absolute
  }
  return isCached(project, md5) ? cachePath(project, md5) : null
}
