import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { pathInside } from '../containment.ts'
import { dvcFileFor } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { trackedParent } from '../find-files.ts'
import { isGitTracked } from '../git.ts'
import type { DataProject } from '../project.ts'

/** Where imported data goes. */
export interface ImportGoal {
  /** From the root. */
  readonly path: string
  readonly file: string
  /** The folder of the `.dvc` file; '' is the root. */
  readonly wdir: string
}

export interface GoalRequest {
  /** The name the data has where it comes from. */
  readonly name: string
  /** What was asked: a new name, a folder, or nothing. From the root. */
  readonly out: string | undefined
  /** The folder the user stands in, from the root. */
  readonly here: string
  /** Replaces what is there. */
  readonly force: boolean
}

/** @throws DATASET_OVERLAPS, DATASET_OUTSIDE */
export async function importGoal(
  project: DataProject,
  { name, out, here, force }: GoalRequest,
): Promise<ImportGoal> {
  const asked = out ?? posix.join(here, name)
  const top = asked === '' || asked === '.'
  const isFolder =
    out !== undefined &&
    (top || statSync(join(project.root, asked), { throwIfNoEntry: false })?.isDirectory() === true)
  const { relative: path } = pathInside(project.root, isFolder ? posix.join(asked, name) : asked)
  if (existsSync(join(project.root, path)) && !force)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${path} exists already`,
      path,
      next: 'Name another place with --out, or add --force to replace it.',
    })
  const parent = trackedParent(project, path)
  if (parent !== null)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${path} lies in ${parent}, which is tracked as a whole`,
      path,
    })
  if (await isGitTracked(project, path))
    throw datasetErrors.DATASET_OVERLAPS({ detail: `${path} is tracked by Git`, path })
  const folder = posix.dirname(path)
  return { path, file: dvcFileFor(path), wdir: folder === '.' ? '' : folder }
}
