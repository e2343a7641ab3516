import { parseTime } from '../../base/time.ts'
import { datasetErrors } from './errors.ts'
import { git } from './git.ts'
import type { DataProject } from './project.ts'
import type { SelectedOut } from './targets.ts'
import { requireCommit } from './tracked/git-objects.ts'
import { readTrackedOuts, type ReadStageOuts } from './tracked/outs.ts'
import { committedRecords, workspaceRecords } from './tracked/records.ts'

/** Which commits count as users of data, beside the workspace. At least one of these must be said. */
export interface CommitScope {
  readonly workspace?: boolean | undefined
  readonly allBranches?: boolean | undefined
  readonly allTags?: boolean | undefined
  readonly allCommits?: boolean | undefined
  readonly rev?: string | undefined
  /** With `rev`: so many commits back from it; -1 for all. */
  readonly num?: number | undefined
  /** Commits on or after this day. */
  readonly date?: string | undefined
}

/** All that the workspace and the commits of a scope track. @throws DATASET_SCOPE_MISSING, DATASET_REVISION_UNKNOWN */
export async function revisionOuts(
  project: DataProject,
  scope: CommitScope,
  readStageOuts: ReadStageOuts = () => [],
  signal?: AbortSignal,
): Promise<readonly SelectedOut[]> {
  const outs = [...(await readTrackedOuts(project, workspaceRecords(project), readStageOuts))]
  for (const commit of await scopeCommits(project.root, scope)) {
    signal?.throwIfAborted()
    const records = await committedRecords(project.root, commit)
    try {
      outs.push(...(await readTrackedOuts(project, records, readStageOuts)))
    } finally {
      records.close()
    }
  }
  return outs.map((out) => ({ ...out, part: null }))
}

async function scopeCommits(root: string, scope: CommitScope): Promise<readonly string[]> {
  const { workspace, allBranches, allTags, allCommits, rev, num = 1, date } = scope
  if (
    !(workspace || allBranches || allTags || allCommits) &&
    rev === undefined &&
    date === undefined
  )
    throw datasetErrors.DATASET_SCOPE_MISSING({
      detail: 'none of -w, -a, -T, -A, --rev, --date is given',
    })
  const commits = new Set<string>()
  const add = async (args: readonly string[]): Promise<void> => {
    const { output } = await git(root, args)
    for (const line of output.split('\n')) if (line !== '') commits.add(line)
  }
  if (allBranches === true) await add(['for-each-ref', '--format=%(objectname)', 'refs/heads'])
  if (allTags === true)
    await add([
      'for-each-ref',
      '--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)',
      'refs/tags',
    ])
  if (allCommits === true) await add(['rev-list', '--all'])
  if (rev !== undefined) {
    const commit = await requireCommit(root, rev)
    await add(['rev-list', '--first-parent', ...(num < 0 ? [] : ['-n', String(num)]), commit])
  }
  if (date !== undefined) await add(['rev-list', '--all', `--since=${checkedDate(date)}`])
  return [...commits]
}

function checkedDate(date: string): string {
  if (parseTime(date) !== null) return date
  throw datasetErrors.DATASET_SCOPE_MISSING({ detail: `"${date}" is no date such as 2024-05-31` })
}
