import { datasetErrors } from '../errors.ts'
import { git } from '../git.ts'
import type { DataProject } from '../project.ts'
import { requireCommit } from '../tracked/git-objects.ts'
import { dataHistory } from './git-history.ts'

/**
 * Gives the content that a data set has at a revision a name: the Git tag `PATH@NAME`, in the form of GTO, so that
 * it travels with the repository. @throws DATASET_NOT_FOUND, DATASET_OVERLAPS
 */
export async function nameVersion(
  project: DataProject,
  { dataset, name, rev }: { readonly dataset: string; readonly name: string; readonly rev: string },
): Promise<{ readonly tag: string; readonly commit: string }> {
  const tag = `${dataset}@${name}`
  const { code: valid } = await git(project.root, ['check-ref-format', `refs/tags/${tag}`])
  if (valid !== 0 || name.includes('/') || name === '')
    throw datasetErrors.DATASET_OUTSIDE({
      detail: `"${tag}" cannot be the name of a Git tag`,
      next: 'Use letters, digits, points and hyphens, such as v1.2 or golden.',
    })
  const [version] = await dataHistory(project, { dataset })
  if (version === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({
      detail: `no commit records ${dataset}`,
      path: dataset,
      next: 'Commit its .dvc file or dvc.lock first: a name is given to a commit.',
    })
  const commit = await requireCommit(project.root, rev)
  const { code } = await git(project.root, ['tag', tag, commit])
  if (code !== 0)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `there is a tag ${tag} already`,
      next: `Choose another name, or remove it: git tag -d ${tag}`,
    })
  return { tag, commit }
}
