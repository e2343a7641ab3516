import { globSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  type AddedDataset,
  addDatasets,
  type DataProject,
  type DatasetStatus,
  type DeclaredPath,
  fetchMissing,
} from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { checkoutLines, checkoutSummary } from './checkout-lines.ts'
import { checkoutAndTidy } from './data-checkout.ts'
import { asJson, folderHere, fromRoot } from './data-project.ts'
import { changing, wholeNumber } from './data-work.ts'
import { recordLines } from './record-lines.ts'

interface AddAsked {
  readonly commit: boolean
  readonly glob?: boolean
  readonly toRemote?: boolean
  readonly out?: string
  readonly remote?: string
  readonly remoteJobs?: number
  readonly force?: boolean
  readonly jobs?: number
}

interface CheckoutAsked {
  readonly force?: boolean
  readonly relink?: boolean
  readonly summary?: boolean
  readonly allowMissing?: boolean
  readonly recursive?: boolean
  readonly withDeps?: boolean
  readonly jobs?: number
}

/** `add`, `commit`, `checkout`: DVC's verbs, on DVC's files. */
export function registerDatasetCommands(program: Command, context: CliContext): void {
  program
    .command('add')
    .description('version data files and folders, as `dvc add` does')
    .argument(
      '<paths...>',
      'files or folders of the project, also within a tracked folder; with -o or --to-remote one of elsewhere, or an address',
    )
    .option(
      '--no-commit',
      'write the .dvc file only; `ratchet commit` brings the content into the cache',
    )
    .option('--glob', 'the paths are patterns with *, ? and **')
    .option('-o, --out <path>', 'bring data of elsewhere to this place, and track it')
    .option('--to-remote', 'send the data to the remote, and keep none of it here')
    .option('-r, --remote <name>', 'with --to-remote: the remote, instead of the default one')
    .option('--remote-jobs <n>', 'with --to-remote: files at once', wholeNumber)
    .option('-f, --force', 'with -o: replace what is there')
    .option('--no-relink', 'as with DVC; files are left as they are unless links are configured')
    .option('-j, --jobs <n>', 'threads that read and copy', wholeNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  ratchet add data/raw.csv\n  ratchet add --to-remote s3://bucket/raw -o data/raw',
    )
    .action((paths: readonly string[], asked: AddAsked) => add(context, paths, asked))
  program
    .command('commit')
    .description('record the data as it is now, where it is tracked already')
    .argument('[targets...]', 'data, .dvc files or stages; all when none is named')
    .option('-f, --force', 'as with DVC; we do not ask back')
    .option('-d, --with-deps', 'with a stage also those that it depends on')
    .option('-R, --recursive', 'all that is tracked below the folders named')
    .option('--no-relink', 'as with DVC; files are left as they are unless links are configured')
    .option('-j, --jobs <n>', 'threads that read and copy', wholeNumber)
    .addHelpText('after', '\nExample:\n  ratchet commit data.dvc')
    .action((targets: readonly string[], asked: CheckoutAsked) => commit(context, targets, asked))
  program
    .command('checkout')
    .description('make the workspace equal to the .dvc files and dvc.lock, from the cache')
    .argument(
      '[targets...]',
      'data, .dvc files, stages, or paths within a tracked folder; all when none is named',
    )
    .option('-f, --force', 'give up changes that are saved nowhere')
    .option('--summary', 'only how many files changed')
    .option('--relink', 'make every file again, with the kind of link configured now')
    .option('--allow-missing', 'leave out what neither the cache nor the remote has')
    .option('-d, --with-deps', 'with a stage also all data it depends on, back to the first')
    .option('-R, --recursive', 'all that is tracked below the folders named')
    .option('-j, --jobs <n>', 'threads that copy', wholeNumber)
    .addHelpText('after', '\nExample:\n  git checkout v1.2 && ratchet checkout')
    .action((targets: readonly string[], asked: CheckoutAsked) => checkout(context, targets, asked))
}

async function add(context: CliContext, paths: readonly string[], asked: AddAsked): Promise<void> {
  const { toRemote, out, remoteJobs } = asked
  if (toRemote === true || out !== undefined || asked.remote !== undefined) {
    const { addElsewhere, requireToRemote } = await import('./data-elsewhere.ts')
    requireToRemote(asked)
    const { one, left } = await addElsewhere(context, paths, { ...asked, jobs: remoteJobs })
    return context.answer(asJson([one]), [...printAdded([one]), ...left])
  }
  const { all: added, left } = await changing(
    context,
    {
      what: 'files',
      jobs: asked.jobs,
      paths: (project) => expand(context, project, { paths, glob: asked.glob === true }),
    },
    async ({ project, ...watch }) => {
      const all = await addDatasets(
        project,
        expand(context, project, { paths, glob: asked.glob === true }),
        { ...watch, noCommit: !asked.commit, readStagePaths },
      )
      return { all, left: await recordLines(context, project, writtenBy(all)) }
    },
  )
  context.answer(asJson(added), [...printAdded(added), ...left])
}

// Pipelines are not loaded for an add where there are none.
async function readStagePaths(root: string): Promise<readonly DeclaredPath[]> {
  return (await import('../../capabilities/pipelines/index.ts')).readStagePaths(root)
}

function expand(
  context: CliContext,
  project: DataProject,
  { paths, glob }: { readonly paths: readonly string[]; readonly glob: boolean },
): readonly string[] {
  if (!glob) return paths.map((path) => fromRoot(context, project, path))
  const options = {
    cwd: context.cwd,
    exclude: (name: string) => /(^|\/)\.(git|dvc|ratchet)$/.test(name),
  }
  return paths
    .flatMap((pattern) => globSync(pattern, options))
    .filter((path) => !path.endsWith('.dvc') && !path.endsWith('.gitignore'))
    .map((path) => fromRoot(context, project, path))
}

export function printAdded(added: readonly AddedDataset[]): readonly string[] {
  return added.map(({ path, md5, nfiles, changed }) => {
    const files = nfiles === null ? '' : `, ${nfiles} files`
    return `${changed ? 'added' : 'unchanged'}: ${path} (${md5.slice(0, 8)}${files})`
  })
}

export function writtenBy(added: readonly AddedDataset[]): readonly string[] {
  return added.flatMap(({ written }) => written)
}

async function commit(
  context: CliContext,
  targets: readonly string[],
  asked: CheckoutAsked,
): Promise<void> {
  // Pipelines are not loaded for an add.
  const { commitAll, printCommitted } = await import('./data-commit.ts')
  await changing(context, { what: 'files', jobs: asked.jobs }, async ({ project, ...watch }) => {
    const { data, stages } = await commitAll(project, named(context, project, targets), {
      ...watch,
      recursive: asked.recursive,
      withDeps: asked.withDeps,
    })
    const locks = stages.flatMap(({ file, changed }) => (changed ? [file] : []))
    const left = await recordLines(context, project, [...writtenBy(data), ...locks])
    const lines = [...printAdded(data), ...printCommitted(stages), ...left]
    context.answer(asJson([...data, ...stages]), lines)
  })
}

async function checkout(
  context: CliContext,
  targets: readonly string[],
  asked: CheckoutAsked,
): Promise<void> {
  const { force, relink, allowMissing, recursive, withDeps, jobs } = asked
  // Pipelines are not loaded for an add, which has nothing to do with them.
  const { outsWithDeps, readStageOuts } = await import('./data-with-deps.ts')
  const done = await changing(context, { what: 'files', jobs }, async ({ project, ...watch }) =>
    checkoutAndTidy(project, named(context, project, targets), {
      ...watch,
      force,
      relink,
      allowMissing,
      recursive,
      readStageOuts,
      outs:
        withDeps === true
          ? await outsWithDeps(project, named(context, project, targets))
          : undefined,
      fetchMissing: (outs) => fetchMissing(project, outs, watch),
    }),
  )
  // A million names are made into a document only when it is asked for.
  const lines =
    asked.summary === true
      ? [checkoutSummary(done) || 'No changes.']
      : checkoutLines(done, folderHere(context))
  context.answer(context.wantsJson ? asJson(done) : null, lines)
}

/** Data, `.dvc` files and stages as they are named from where the user stands, as seen from the root. */
export function named(
  context: CliContext,
  project: DataProject,
  targets: readonly string[],
): readonly string[] {
  return targets.map((target) => {
    // What is written as a path is none of a stage of that name.
    const isPath = isAbsolute(target) || target.startsWith('./')
    if (isPath && basename(target) !== 'dvc.yaml') return resolve(context.cwd, target)
    if (isPath) return fromRoot(context, project, target)
    const whole = target.startsWith(':') ? `dvc.yaml${target}` : target
    return join(relative(project.root, context.cwd), whole).replaceAll('\\', '/')
  })
}

export function printStatus(statuses: readonly DatasetStatus[]): readonly string[] {
  const changed = statuses.filter(({ state, cached }) => state !== 'unchanged' || !cached)
  if (changed.length === 0) return ['Data is up to date.']
  return changed.flatMap((status) => {
    const cache = status.cached || status.tracked === null ? '' : ' (not in the cache)'
    return [`${status.state.padEnd(10)} ${status.path}${cache}`, ...changeLines(status)]
  })
}

const MOST_SHOWN = 10

function changeLines({ changes }: DatasetStatus): readonly string[] {
  if (changes === null) return []
  const lines = (['added', 'modified', 'deleted'] as const).flatMap((kind) =>
    changes[kind].map((file) => `    ${kind.padEnd(8)} ${file}`),
  )
  const more = lines.length - MOST_SHOWN
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `    and ${more} more`] : lines
}
