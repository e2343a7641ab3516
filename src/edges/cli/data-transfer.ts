import type { Command } from 'commander'
import {
  type DataProject,
  fetchDatasets,
  openCopiesAhead,
  pushDatasets,
  revisionOuts,
  type SelectedOut,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts, recordStageVersions } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { checkoutLines, checkoutSummary } from './checkout-lines.ts'
import { checkoutAndTidy } from './data-checkout.ts'
import { clonesOf } from './data-look.ts'
import { asJson, folderHere } from './data-project.ts'
import { outsWithDeps } from './data-with-deps.ts'
import { cacheOnly, changing, type DataWork, wholeNumber } from './data-work.ts'
import { named } from './datasets.ts'
import { cliErrors } from './errors.ts'

interface Asked {
  readonly remote?: string
  readonly jobs?: number
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly allCommits?: boolean
  readonly recursive?: boolean
  readonly withDeps?: boolean
  readonly glob?: boolean
  readonly force?: boolean
  readonly allowMissing?: boolean
  readonly runCache?: boolean
}

/** `push`, `fetch`, `pull`: objects between the cache and a remote. */
export function registerTransferCommands(program: Command, context: CliContext): void {
  moving(program, 'push', 'send data to the remote that it does not have yet')
    .addHelpText('after', '\nExample:\n  ratchet push -r backup')
    .action((targets: readonly string[], asked: Asked) => push(context, targets, asked))
  moving(program, 'fetch', 'bring data from the remote into the cache')
    .addHelpText('after', '\nExample:\n  ratchet fetch data/train')
    .action((targets: readonly string[], asked: Asked) => fetchOnly(context, targets, asked))
  moving(program, 'pull', 'fetch, then checkout')
    .option('-f, --force', 'give up changes that are saved nowhere')
    .option('--allow-missing', 'leave out what the remote does not have')
    .addHelpText('after', '\nExample:\n  git pull && ratchet pull')
    .action((targets: readonly string[], asked: Asked) => pull(context, targets, asked))
}

function moving(program: Command, verb: string, about: string): Command {
  return program
    .command(verb)
    .description(about)
    .argument(
      '[targets...]',
      'data, .dvc files, stages, or paths within a tracked folder; all when none is named',
    )
    .option('-r, --remote <name>', 'the remote, instead of the default one')
    .option('-j, --jobs <n>', 'objects that move at once', wholeNumber)
    .option('-a, --all-branches', 'also what all branches of Git use')
    .option('-T, --all-tags', 'also what all tags use')
    .option('-A, --all-commits', 'also what all commits use')
    .option('-d, --with-deps', 'with a stage also all data it depends on, back to the first')
    .option('-R, --recursive', 'all that is tracked below the folders named')
    .option('--run-cache', 'also the results of earlier runs of stages')
    .option('--glob', 'targets are patterns with *, ? and **')
}

// Null: what the targets mean, nothing more.
async function wanted(
  project: DataProject,
  targets: readonly string[],
  asked: Asked,
): Promise<readonly SelectedOut[] | null> {
  const { allBranches, allTags, allCommits, withDeps } = asked
  if (withDeps === true && targets.length > 0) return outsWithDeps(project, targets)
  if (!allBranches && !allTags && !allCommits) return null
  return revisionOuts(project, { workspace: true, allBranches, allTags, allCommits }, readStageOuts)
}

async function options(
  context: CliContext,
  { project, ...watch }: DataWork,
  { targets, asked }: { readonly targets: readonly string[]; readonly asked: Asked },
) {
  const { remote, recursive, glob, runCache } = asked
  const outs = (await wanted(project, targets, asked)) ?? undefined
  const ofCommits =
    asked.allBranches === true || asked.allTags === true || asked.allCommits === true
  const follow = { clones: clonesOf(context), readStageOuts }
  const stages = { readStageOuts, recordStageVersions, follow }
  return { ...watch, ...stages, remote, recursive, glob, runCache, outs, ofCommits }
}

async function push(context: CliContext, targets: readonly string[], asked: Asked): Promise<void> {
  const result = await changing(
    context,
    { what: 'objects', jobs: asked.jobs, paths: cacheOnly },
    async (data) => {
      const names = named(context, data.project, targets)
      const how = await options(context, data, { targets: names, asked })
      return pushDatasets(data.project, names, how)
    },
  )
  context.answer(asJson(result), [counted(result.pushed, 'pushed')])
  refuseMissing(context, result.missing, 'the cache', 'Fetch or restore it, then push again.')
}

async function fetchOnly(
  context: CliContext,
  targets: readonly string[],
  asked: Asked,
): Promise<void> {
  const { fetched, missing } = await changing(
    context,
    { what: 'objects', jobs: asked.jobs, paths: cacheOnly },
    async (data) => {
      const names = named(context, data.project, targets)
      const how = await options(context, data, { targets: names, asked })
      return fetchDatasets(data.project, names, how)
    },
  )
  context.answer(asJson({ fetched, missing }), [counted(fetched, 'fetched')])
  refuseMissing(context, missing, 'the remote', 'Push it from a clone that has it.')
}

async function pull(context: CliContext, targets: readonly string[], asked: Asked): Promise<void> {
  const { force, allowMissing, recursive, glob } = asked
  const { fetched, missing, done } = await changing(
    context,
    { what: 'objects', jobs: asked.jobs },
    async (data) => {
      const names = named(context, data.project, targets)
      const fetching = await options(context, data, { targets: names, asked })
      // What other commits use is not for the workspace.
      const ahead = fetching.outs === undefined ? openCopiesAhead(data.project) : undefined
      try {
        const { contents, ...came } = await fetchDatasets(data.project, names, {
          ...fetching,
          ahead,
        })
        // What is missing is said by the checkout, with the name of its file.
        const checked = await checkoutAndTidy(data.project, names, {
          signal: data.signal,
          onProgress: data.onProgress,
          ahead,
          contents,
          force,
          allowMissing,
          recursive,
          glob,
          readStageOuts,
        })
        return { ...came, done: checked }
      } finally {
        ahead?.discard()
      }
    },
  )
  const json = context.wantsJson ? asJson({ fetched, missing, checked_out: done }) : null
  context.answer(json, [
    ...checkoutLines(done, folderHere(context)),
    checkoutSummary(done, fetched) || 'Everything is up to date.',
  ])
}

function counted(count: number, what: string): string {
  return count === 0 ? 'Everything is up to date.' : `${files(count)} ${what}`
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}

function refuseMissing(
  context: CliContext,
  missing: readonly string[],
  where: string,
  next: string,
): void {
  if (missing.length === 0) return
  // The one document of --json has said what is missing.
  if (context.wantsJson) return context.setExitCode(cliErrors.table.DATA_INCOMPLETE.exit)
  const some = missing.slice(0, 5).join(', ')
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : ''
  throw cliErrors.DATA_INCOMPLETE({ detail: `${where} does not have ${some}${more}`, next })
}
