import { existsSync, lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathInside } from '../containment.ts'
import { dvcFileFor, readDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { unignorePath } from '../gitignore.ts'
import { forgetPlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { unprotectPath } from './unprotect.ts'

export interface RemovedDataset {
  readonly file: string
  readonly outs: readonly string[]
  /** Files to commit with Git. */
  readonly written: readonly string[]
}

/**
 * Stops tracking what a `.dvc` file tracks. The data stays in the workspace, as plain files, unless `outs` is
 * asked. The cache keeps its objects until `gc`.
 * @throws DATASET_NOT_FOUND, DATASET_OUTSIDE, DATASET_NOT_IN_CACHE for data that is only a link to what is gone
 */
export function removeDataset(
  project: DataProject,
  target: string,
  { outs: withData = false }: { readonly outs?: boolean } = {},
): RemovedDataset {
  const { relative } = pathInside(project.root, target)
  const absolute = join(project.root, relative)
  if (!relative.endsWith('.dvc') || !existsSync(absolute)) throw notADvcFile(project, relative)
  const { outs } = readDvcFile(project, relative)
  const paths = outs.flatMap(({ path }) => (path === null ? [] : [path]))
  const written = paths.flatMap((path) => {
    const there = lstatSync(join(project.root, path), { throwIfNoEntry: false }) !== undefined
    if (withData) rmSync(pathInside(project.root, path).absolute, { recursive: true, force: true })
    else if (there) unprotectPath(project, path)
    reach('remove: data done')
    return unignorePath(project, path) ?? []
  })
  reach('remove: before the file goes')
  rmSync(absolute)
  forgetPlaced(project, paths)
  return { file: relative, outs: paths, written: [relative, ...written] }
}

function notADvcFile(project: DataProject, relative: string) {
  const file = dvcFileFor(relative)
  const known = !relative.endsWith('.dvc') && existsSync(join(project.root, file))
  return datasetErrors.DATASET_NOT_FOUND({
    detail: known ? `${relative} is data, not a .dvc file` : `there is no .dvc file ${relative}`,
    path: relative,
    next: known ? `Run \`ratchet remove ${file}\`.` : 'Name a .dvc file, or a stage of dvc.yaml.',
  })
}
