import { RatchetError } from '../../base/errors.ts'
import { parseTime } from '../../base/time.ts'
import { datasetErrors } from './errors.ts'
import { git } from './git.ts'
import type { DataProject } from './project.ts'
import type { SelectedOut } from './targets.ts'
import { experimentCommits } from './tracked/experiment-refs.ts'
import { findCommit, requireCommit } from './tracked/git-objects.ts'
import { readTrackedOuts, type ReadStageOuts, type TrackedOut } from './tracked/outs.ts'
import { committedRecords, workspaceRecords } from './tracked/records.ts'

/** Which commits count as users of data, beside the workspace. At least one of these must be said. */
export interface CommitScope {
  readonly workspace?: boolean | undefined
  readonly allBranches?: boolean | undefined
  readonly allTags?: boolean | undefined
  readonly allCommits?: boolean | undefined
  /** What the experiments of DVC committed. */
  readonly allExperiments?: boolean | undefined
  readonly rev?: string | undefined
  /** With `rev` or `allBranches`: so many commits back from each; below zero for all. */
  readonly num?: number | undefined
  /** Commits on or after this day. */
  readonly date?: string | undefined
}

export interface RevisionOptions {
  readonly signal?: AbortSignal | undefined
  /** A commit, or the workspace, whose files cannot be read uses nothing. */
  readonly skipFailed?: boolean | undefined
}

/** All that the workspace and the commits of a scope track. @throws DATASET_SCOPE_MISSING, DATASET_REVISION_UNKNOWN */
export async function revisionOuts(
  project: DataProject,
  scope: CommitScope,
  readStageOuts: ReadStageOuts = () => [],
  { signal, skipFailed = false }: RevisionOptions = {},
): Promise<readonly SelectedOut[]> {
  const outs: TrackedOut[] = []
  for (const commit of [null, ...(await scopeCommits(project, scope))]) {
    signal?.throwIfAborted()
    const records =
      commit === null ? workspaceRecords(project) : await committedRecords(project.root, commit)
    try {
      outs.push(...(await readTrackedOuts(project, records, readStageOuts)))
    } catch (error) {
      if (!skipFailed || !(error instanceof RatchetError)) throw error
    } finally {
      records.close()
    }
  }
  return outs.map((out) => ({ ...out, part: null }))
}

async function scopeCommits(project: DataProject, scope: CommitScope): Promise<readonly string[]> {
  const { allBranches, allTags, allCommits, allExperiments, rev, num = 1, date } = scope
  refuseNothing(scope)
  if (!project.git) return withoutGit(project, scope)
  const { root } = project
  const found: string[] = []
  const count = num < 0 ? [] : ['-n', String(num)]
  const back = ['rev-list', '--first-parent', ...count]
  if (rev !== undefined)
    found.push(...(await lines(root, [...back, await requireCommit(root, rev)])))
  if (allBranches === true)
    for (const branch of await lines(root, ['for-each-ref', '--format=%(refname)', 'refs/heads']))
      found.push(...(await lines(root, [...back, branch])))
  if (allTags === true)
    for (const tag of await lines(root, ['for-each-ref', '--format=%(refname)', 'refs/tags']))
      found.push((await findCommit(root, tag)) ?? '')
  if (allCommits === true) found.push(...(await reachable(root, [])))
  if (date !== undefined) found.push(...(await reachable(root, [`--since=${checkedDate(date)}`])))
  if (allExperiments === true) found.push(...(await experimentCommits(root)))
  return [...new Set(found)].filter((commit) => commit !== '')
}

// A project that was made for no Git has no branches and no tags. Where a repository is only missing, what its commits
// use is not known.
function withoutGit({ root, noScm }: DataProject, scope: CommitScope): readonly string[] {
  const { allBranches, allTags, allCommits, allExperiments, rev, date } = scope
  const asked = allBranches || allTags || allCommits || allExperiments || date !== undefined
  if (rev === undefined && (noScm || !asked)) return []
  throw datasetErrors.DATASET_REVISION_UNKNOWN({
    detail: noScm
      ? `.dvc/config says core.no_scm: there is no commit "${rev}"`
      : `${root} lies in no Git repository: what commits use is not known`,
    next: noScm
      ? 'Leave out --rev, or remove core.no_scm with `ratchet config --unset core.no_scm`.'
      : 'Ask for the workspace alone (-w), or say that there is no Git: `ratchet config core.no_scm true`.',
  })
}

function refuseNothing(scope: CommitScope): void {
  const { workspace, allBranches, allTags, allCommits, allExperiments, rev, num, date } = scope
  const flags = workspace || allBranches || allTags || allCommits || allExperiments
  if (!flags && rev === undefined && date === undefined)
    throw datasetErrors.DATASET_SCOPE_MISSING({
      detail: 'none of -w, -a, -T, -A, --all-experiments, --rev, --date is given',
    })
  if (num !== undefined && rev === undefined && allBranches !== true)
    throw datasetErrors.DATASET_SCOPE_MISSING({
      detail: '--num says how far to go back from --rev or from --all-branches: add one of them',
    })
}

// As DVC: HEAD, branches, those of other repositories, and tags; neither its experiments nor Git's stash.
async function reachable(root: string, limits: readonly string[]): Promise<readonly string[]> {
  const head = (await findCommit(root, 'HEAD')) === null ? [] : ['HEAD']
  return lines(root, ['rev-list', ...limits, ...head, '--branches', '--remotes', '--tags'])
}

// What Git does not say must never count as "nothing": it would be taken for garbage.
async function lines(root: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await git(root, args)
  if (code === 0) return output.split('\n').filter((line) => line !== '')
  throw datasetErrors.DATASET_REVISION_UNKNOWN({
    detail: `\`git ${args.join(' ')}\` failed with exit code ${code} in ${root}`,
  })
}

function checkedDate(date: string): string {
  // Without an hour Git would take the one of now.
  if (parseTime(date) !== null) return date.length === 10 ? `${date} 00:00:00` : date
  throw datasetErrors.DATASET_SCOPE_MISSING({ detail: `"${date}" is no date such as 2024-05-31` })
}
