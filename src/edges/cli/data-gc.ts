import { resolve } from 'node:path'
import type { Command } from 'commander'
import { parseDuration } from '../../base/time.ts'
import {
  collectGarbage,
  type DataProject,
  openDataProject,
  verifyCache,
  withRepoLock,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson } from './data-project.ts'
import { cacheOnly, changing, wholeNumber } from './data-work.ts'
import { cliErrors } from './errors.ts'

interface GcAsked {
  readonly workspace?: boolean
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly allCommits?: boolean
  readonly allExperiments?: boolean
  readonly projects?: readonly string[]
  readonly skipFailed?: boolean
  readonly allowMissing?: boolean
  readonly rev?: string
  readonly num?: string
  readonly date?: string
  readonly cloud?: boolean
  readonly remote?: string
  readonly force?: boolean
  readonly dry?: boolean
  readonly notInRemote?: boolean
  readonly minAge?: string
  readonly jobs?: number
}

/** `gc`: what nothing uses any more. */
export function registerGcCommand(program: Command, context: CliContext): void {
  program
    .command('gc')
    .description('remove data that nothing uses from the cache, and with -c from the remote')
    .option('-w, --workspace', 'what the workspace uses stays')
    .option('-a, --all-branches', 'what branches use stays')
    .option('-T, --all-tags', 'what tags use stays')
    .option('-A, --all-commits', 'what any commit uses stays')
    .option('--all-experiments', 'what the experiments of DVC use stays')
    .option('--rev <commit>', 'what this commit uses stays')
    .option('-n, --num <count>', 'with --rev or -a: so many commits back from each; -1 for all')
    .option('--date <day>', 'what commits since this day use stays, such as 2024-05-31')
    .option('-c, --cloud', 'also remove from the remote')
    .option('-r, --remote <name>', 'the remote, instead of the default one')
    .option('--not-in-remote', 'of what is used, too, remove what the remote has')
    .option(
      '-p, --projects <folders...>',
      'other projects with this cache: what they use stays too',
    )
    .option('--skip-failed', 'what cannot be read, a commit or the workspace, uses nothing')
    .option('--allow-missing', 'a folder whose listing is nowhere uses no files')
    .option('--min-age <duration>', 'keep what is younger, where others work too: 1h unless given')
    .option('--dry', 'only say what would go')
    .option('-f, --force', 'do it; without, it is only said')
    .option('-j, --jobs <n>', 'objects at once', wholeNumber)
    .addHelpText('after', '\nExample:\n  ratchet gc -w -f')
    .action((asked: GcAsked) => gc(context, asked))
}

async function gc(context: CliContext, asked: GcAsked): Promise<void> {
  refuseMixed(asked)
  const { workspace, allBranches, allTags, allCommits, allExperiments, rev, date } = asked
  const num = asked.num === undefined ? undefined : Number(asked.num)
  const dry = asked.dry === true || asked.force !== true
  const result = await changing(
    context,
    { what: 'objects', jobs: asked.jobs, paths: cacheOnly },
    ({ project, signal }) =>
      withOthers(context, asked.projects ?? [], (projects) =>
        collectGarbage(project, {
          scope: { workspace, allBranches, allTags, allCommits, allExperiments, rev, num, date },
          readStageOuts,
          dry,
          projects,
          cloud: asked.cloud,
          remote: asked.remote,
          notInRemote: asked.notInRemote,
          skipFailed: asked.skipFailed,
          allowMissing: asked.allowMissing,
          minAgeMs: asked.minAge === undefined ? undefined : ageOf(asked.minAge),
          signal,
        }),
      ),
  )
  const word = dry ? 'Would remove' : 'Removed'
  context.answer(asJson({ ...result, dry }), [
    result.removed === 0
      ? "No unused 'repo' cache to remove."
      : `${word} ${result.removed} objects from repo cache.`,
    ...(asked.cloud === true
      ? [
          result.removedFromRemote === 0
            ? 'No unused cache to remove from remote.'
            : `${word} ${result.removedFromRemote} objects from remote.`,
        ]
      : []),
    ...(dry && asked.dry !== true ? ['Repeat the command with --force to remove them.'] : []),
  ])
}

function refuseMixed({ cloud, notInRemote, remote, num }: GcAsked): void {
  if (cloud === true && notInRemote === true)
    throw cliErrors.CLI_USAGE({ detail: '--cloud and --not-in-remote exclude one another' })
  if (remote !== undefined && cloud !== true && notInRemote !== true)
    throw cliErrors.CLI_USAGE({ detail: '--remote is for --cloud and --not-in-remote' })
  if (num !== undefined && !/^-?\d+$/.test(num))
    throw cliErrors.CLI_USAGE({ detail: `--num "${num}" is no whole number` })
}

// Nobody changes what the other projects name while it is decided what goes.
async function withOthers<T>(
  context: CliContext,
  folders: readonly string[],
  work: (projects: readonly DataProject[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = folders
  if (first === undefined) return work([])
  const project = openDataProject(resolve(context.cwd, first))
  try {
    const { signal } = context
    return await withRepoLock(project, { signal, paths: [] }, () =>
      withOthers(context, rest, (others) => work([project, ...others])),
    )
  } finally {
    project.close()
  }
}

function ageOf(text: string): number {
  const age = text === '0' ? 0 : parseDuration(text)
  if (age !== null) return age
  throw cliErrors.CLI_USAGE({ detail: `--min-age "${text}" is no duration such as 1h or 7d` })
}

/** `data verify`: whether the cache is what it says. */
export function registerVerifyCommand(program: Command, context: CliContext): void {
  const known = program.commands.find((command) => command.name() === 'data')
  const data = known ?? program.command('data').description('about versioned data')
  data
    .command('verify')
    .description('hash every object of the cache anew; set broken ones aside and fetch them again')
    .option('-r, --remote <name>', 'the remote to fetch from, instead of the default one')
    .option('-j, --jobs <n>', 'threads that read', wholeNumber)
    .addHelpText('after', '\nExample:\n  ratchet data verify')
    .action((asked: { readonly remote?: string; readonly jobs?: number }) => verify(context, asked))
}

async function verify(
  context: CliContext,
  { remote, jobs }: { readonly remote?: string; readonly jobs?: number },
): Promise<void> {
  const result = await changing(
    context,
    { what: 'objects', jobs, paths: cacheOnly },
    ({ project, ...watch }) => verifyCache(project, { ...watch, remote }),
  )
  const lost = result.broken.filter(({ restored }) => !restored)
  context.answer(asJson(result), [
    ...result.broken.map(
      ({ oid, found, movedTo, restored }) =>
        `broken     ${oid}: its bytes have MD5 ${found}; set aside as ${movedTo}${restored ? ', fetched again' : ''}`,
    ),
    `${result.checked} objects checked, ${result.broken.length} broken, ${result.broken.length - lost.length} fetched again.`,
  ])
  if (lost.length > 0) context.setExitCode(1)
}
