import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DvcFile, dvcFileFor, readDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { findDvcFiles } from '../find-files.ts'
import type { DataProject } from '../project.ts'

/** The `.dvc` file that tracks a path, or that is named itself. @throws DATASET_NOT_FOUND */
export function findTracking(project: DataProject, relative: string): DvcFile {
  const beside = relative.endsWith('.dvc') ? relative : dvcFileFor(relative)
  if (existsSync(join(project.root, beside))) return readDvcFile(project, beside)
  for (const file of findDvcFiles(project)) {
    const tracked = readDvcFile(project, file)
    if (tracked.path === relative) return tracked
  }
  throw datasetErrors.DATASET_NOT_FOUND({
    detail: `no .dvc file tracks ${relative}`,
    path: relative,
    next: 'Outputs of stages are declared in dvc.yaml: change them there.',
  })
}
