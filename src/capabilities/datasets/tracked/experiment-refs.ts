import { datasetErrors } from '../errors.ts'
import { git } from '../git.ts'

/** An experiment of DVC: a commit behind `refs/exps`, and the commit that it started from. */
export interface ExperimentRef {
  readonly name: string
  readonly commit: string
  readonly baseline: string
}

// Beside these lie records of DVC's own queue (`refs/exps/exec`, `celery`, `apply`, `temp`, `stash`).
const EXPERIMENT = /^([0-9a-f]{40,64})\s+refs\/exps\/([0-9a-f]{2})\/([0-9a-f]{38,62})\/([^/]+)$/

/** The experiments of a repository, in the order of their names in Git. */
export async function listExperimentRefs(root: string): Promise<readonly ExperimentRef[]> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/exps']
  const { output } = await git(root, args)
  return parseRefs(output)
}

/** Those that a Git remote or another repository has. @throws DATASET_REPOSITORY_AWAY */
export async function listRemoteExperiments(
  root: string,
  address: string,
): Promise<readonly ExperimentRef[]> {
  const { code, output } = await git(root, ['ls-remote', '--', address, 'refs/exps/*'])
  if (code === 0) return parseRefs(output)
  throw datasetErrors.DATASET_REPOSITORY_AWAY({ detail: `${address} does not answer \`git\`` })
}

function parseRefs(output: string): readonly ExperimentRef[] {
  return output.split('\n').flatMap((line) => {
    const [, commit, start, rest, name] = EXPERIMENT.exec(line) ?? []
    if (commit === undefined || start === undefined || rest === undefined || name === undefined)
      return []
    return [{ name, commit, baseline: start + rest }]
  })
}

/** The commits that experiments made after their baselines, tips included. */
export async function experimentCommits(root: string): Promise<readonly string[]> {
  const commits = new Set<string>()
  for (const { commit, baseline } of await listExperimentRefs(root)) {
    const { code, output } = await git(root, ['rev-list', commit, `^${baseline}`])
    // A shallow clone may lack the baseline; the tip alone is then known to be the experiment's.
    for (const one of code === 0 ? output.split('\n') : [commit]) if (one !== '') commits.add(one)
  }
  return [...commits]
}
