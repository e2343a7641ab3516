import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'
import {
  addDataset,
  type DataProject,
  findDvcFiles,
  openDataProject,
  readDvcFile,
  recordVersion,
} from '../datasets/index.ts'
import { KnownHashes } from './known-hashes.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot, overlaps } from './graph.ts'
import { planStages } from './plan.ts'
import type { PipelineRun } from './schema.ts'

export interface VersionDeps {
  readonly root: string
  readonly stateDir: string
  readonly clock: Clock
  readonly publish: Publish
  readonly database: Database
}

/**
 * Versions the tracked data that the stages of a run read, so that what a model learned from can be had again.
 * Returns the hashes found, so that `repro` need not look a second time.
 */
export async function versionInputs(
  deps: VersionDeps,
  run: PipelineRun,
  signal: AbortSignal,
): Promise<KnownHashes> {
  const known = new KnownHashes()
  const project = openDataProject(deps.root, { stateDir: deps.stateDir })
  try {
    for (const path of trackedInputs(project, run.targets)) {
      const { md5, size, nfiles } = await addDataset(project, path, { signal })
      if (nfiles !== null) known.set(path, { md5, size, nfiles })
      const { commit, id: causedBy } = run
      const version = { dataset: path, md5, size, nfiles, rows: null, commit, causedBy }
      await deps.database.transaction((tx) => recordVersion(deps, tx, version))
    }
    return known
  } finally {
    project.close()
  }
}

// Data that a checkout has not brought yet is left to the stage that misses it.
function trackedInputs(project: DataProject, targets: readonly string[]): readonly string[] {
  const { order } = planStages(readPipeline(project.root), { targets })
  const needed = order.flatMap((stage) => stage.deps.map((dep) => fromRoot(stage, dep)))
  const tracked = findDvcFiles(project).map((file) => readDvcFile(project, file).path)
  return tracked.filter(
    (path) => existsSync(join(project.root, path)) && needed.some((dep) => overlaps(dep, path)),
  )
}
