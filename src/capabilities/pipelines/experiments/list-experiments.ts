import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  type ExperimentRef,
  listExperimentRefs,
  listRemoteExperiments,
  requireCommit,
} from '../../datasets/index.ts'

/** A commit and the experiments that started from it. */
export interface Baseline {
  readonly commit: string
  /** The branch or tag that it is known by. */
  readonly name: string | null
  readonly experiments: readonly ExperimentRef[]
}

export interface BaselineScope {
  /** Of every commit that has experiments. */
  readonly allCommits?: boolean | undefined
  readonly allBranches?: boolean | undefined
  readonly allTags?: boolean | undefined
  /** HEAD when nothing is chosen. */
  readonly revisions?: readonly string[] | undefined
  /** Of each revision and branch so many commits back; below zero is all. */
  readonly num?: number | undefined
  /** A Git remote or address to ask instead of this repository. */
  readonly remote?: string | undefined
}

/** The commits of a scope, in its order, with what was tried from them. @throws DATASET_REVISION_UNKNOWN */
export async function listBaselines(
  root: string,
  scope: BaselineScope = {},
): Promise<readonly Baseline[]> {
  const refs = await (scope.remote === undefined
    ? listExperimentRefs(root)
    : listRemoteExperiments(root, scope.remote))
  const commits = await baselineCommits(root, scope, refs)
  const names = await namesOfCommits(root)
  return commits.map((commit) => ({
    commit,
    name: names.get(commit) ?? null,
    experiments: refs.filter(({ baseline }) => baseline === commit),
  }))
}

async function baselineCommits(
  root: string,
  scope: BaselineScope,
  refs: readonly ExperimentRef[],
): Promise<readonly string[]> {
  const { allCommits, allBranches, allTags, num = 1 } = scope
  if (allCommits === true) return [...new Set(refs.map(({ baseline }) => baseline))]
  const chosen = scope.revisions ?? []
  const revisions =
    chosen.length + Number(allBranches ?? 0) + Number(allTags ?? 0) > 0 ? chosen : ['HEAD']
  const commits = new Set<string>()
  const branches = allBranches === true ? await refsBelow(root, 'refs/heads') : []
  for (const revision of [...revisions, ...branches])
    for (const commit of await firstParents(root, await requireCommit(root, revision), num))
      commits.add(commit)
  if (allTags === true)
    for (const tag of await refsBelow(root, 'refs/tags'))
      commits.add(await requireCommit(root, tag))
  return [...commits]
}

async function firstParents(root: string, commit: string, num: number): Promise<readonly string[]> {
  return gitLines(root, [
    'rev-list',
    '--first-parent',
    ...(num < 0 ? [] : ['-n', String(num)]),
    commit,
  ])
}

function refsBelow(root: string, base: string): Promise<readonly string[]> {
  return gitLines(root, ['for-each-ref', '--format=%(refname)', base])
}

// As DVC calls a commit: the branch we stand on, else a tag, else a branch.
async function namesOfCommits(root: string): Promise<ReadonlyMap<string, string>> {
  const format =
    '--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end) %(HEAD) %(refname)'
  const lines = await gitLines(root, ['for-each-ref', format, 'refs/heads', 'refs/tags'])
  const names = new Map<string, { readonly name: string; readonly rank: number }>()
  for (const line of lines) {
    const [, commit = '', mark, kind, name = ''] =
      /^(\S+) (.) refs\/(heads|tags)\/(.+)$/.exec(line) ?? []
    const rank = mark === '*' ? 0 : kind === 'tags' ? 1 : 2
    if (rank < (names.get(commit)?.rank ?? 3)) names.set(commit, { name, rank })
  }
  return new Map([...names].map(([commit, { name }]) => [commit, name]))
}

async function gitLines(root: string, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('git', ['-C', root, ...args], { maxBuffer: 1 << 26 })
  return stdout.split('\n').filter((line) => line !== '')
}

/** When commits were made, in milliseconds. */
export async function commitTimes(
  root: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (commits.length === 0) return new Map()
  const lines = await gitLines(root, ['show', '-s', '--format=%H %ct', ...commits])
  return new Map(
    lines.map((line) => {
      const [commit = '', seconds = '0'] = line.split(' ')
      return [commit, 1000 * Number(seconds)] as const
    }),
  )
}
