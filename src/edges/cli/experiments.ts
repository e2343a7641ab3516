import type { Command } from 'commander'
import type { Json } from '../../base/json.ts'
import {
  type Baseline,
  type BaselineState,
  type ExperimentState,
  type FileValues,
  listBaselines,
  type PathFacts,
  showExperiments,
  toJson,
  trackExperiments,
} from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, withDataProject } from './data-project.ts'
import { cliErrors } from './errors.ts'
import { experimentTable, localIso, type TableOptions } from './experiments-table.ts'
import { csvTable, markdownTable, plainTable } from './pipelines-tables.ts'

interface Asked {
  readonly allCommits?: boolean
  readonly rev?: readonly string[]
  readonly num?: number
}

/** `exp list`, `exp show`: the experiments that DVC keeps in Git. */
export function registerExperimentCommands(program: Command, context: CliContext): void {
  const experiments = program
    .command('exp')
    .alias('experiments')
    .description('the experiments that DVC keeps in Git (refs/exps); they are read, never changed')
  withBaselines(experiments.command('list').alias('ls'))
    .description('experiments by the commit that they started from')
    .argument('[git_remote]', 'a Git remote or address to ask instead of this repository')
    .option('--name-only, --names-only', 'only their names')
    .option('--sha-only, --shas-only', 'only their commits')
    .addHelpText('after', '\nExample:\n  ratchet exp list --all-commits')
    .action((remote: string | undefined, asked: ListAsked) => list(context, remote, asked))
  withBaselines(experiments.command('show'))
    .description('parameters and metrics of experiments beside those that they started from')
    .option('-a, --all-branches', 'of the tips of all branches')
    .option('-T, --all-tags', 'of all tags')
    .option('--hide-workspace', 'without the workspace')
    .option('--sha', 'commits instead of the names of branches and tags')
    .option('--only-changed', 'only columns in which the experiments differ')
    .option('--keep <pattern>', 'columns to show in any case', collected)
    .option('--drop <pattern>', 'columns to leave out', collected)
    .option('--sort-by <column>', 'a metric or parameter, such as loss or params.yaml:lr')
    .option('--sort-order <order>', 'asc or desc', 'asc')
    .option('--precision <digits>', 'digits after the point', wholeNumber)
    .option('--csv', 'as comma-separated values')
    .option('--md', 'as a table in Markdown')
    .addHelpText('after', '\nExample:\n  ratchet exp show --sort-by loss --only-changed')
    .action((asked: ShowAsked) => show(context, asked))
  experiments
    .command('import')
    .description('take them over as tracked runs; `ratchet up` does so by itself')
    .option('--store <url>', 'postgres://… if this project keeps its state there')
    .addHelpText('after', '\nExample:\n  ratchet exp import')
    .action(({ store }: { readonly store?: string }) => importAll(context, store))
  registerElsewhere(experiments)
}

function withBaselines(command: Command): Command {
  return command
    .option('-A, --all-commits', 'of every commit that has some')
    .option('--rev <commit>', 'of this commit; may be given again. HEAD unless given', collected)
    .option('-n, --num <count>', 'of so many commits back; below zero is all', wholeNumber)
}

function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function wholeNumber(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  throw cliErrors.CLI_USAGE({ detail: `"${text}" is no whole number` })
}

interface ListAsked extends Asked {
  readonly nameOnly?: boolean
  readonly namesOnly?: boolean
  readonly shaOnly?: boolean
  readonly shasOnly?: boolean
}

async function list(
  context: CliContext,
  remote: string | undefined,
  asked: ListAsked,
): Promise<void> {
  const shas = asked.shasOnly === true || asked.shaOnly === true
  if (shas && remote !== undefined)
    throw cliErrors.CLI_USAGE({ detail: '--sha-only cannot be asked of another repository' })
  const { allCommits, rev, num } = asked
  const scope = { allCommits, revisions: rev, num, remote }
  const all = await listBaselines(context.dataRoot(), scope)
  const found = all.filter(({ experiments }) => experiments.length > 0)
  const names = asked.namesOnly === true || asked.nameOnly === true
  const only = names ? ('name' as const) : shas ? ('commit' as const) : null
  context.answer(
    asJson({ baselines: found }),
    found.flatMap((baseline) => listLines(baseline, { only, isRemote: remote !== undefined })),
  )
}

function listLines(
  { commit, name, experiments }: Baseline,
  { only, isRemote }: { readonly only: 'name' | 'commit' | null; readonly isRemote: boolean },
): readonly string[] {
  if (only !== null) return experiments.map((experiment) => experiment[only])
  return [
    `${name ?? commit.slice(0, 7)}:`,
    ...experiments.map((experiment) =>
      isRemote ? `\t${experiment.name}` : `\t${experiment.commit.slice(0, 7)} [${experiment.name}]`,
    ),
  ]
}

interface ShowAsked extends Asked {
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly hideWorkspace?: boolean
  readonly sha?: boolean
  readonly onlyChanged?: boolean
  readonly keep?: readonly string[]
  readonly drop?: readonly string[]
  readonly sortBy?: string
  readonly sortOrder: string
  readonly precision?: number
  readonly csv?: boolean
  readonly md?: boolean
}

async function show(context: CliContext, asked: ShowAsked): Promise<void> {
  const { allCommits, allBranches, allTags, rev, num } = asked
  const scope = { allCommits, allBranches, allTags, revisions: rev, num }
  const listed = await listBaselines(context.dataRoot(), scope)
  const named = asked.sha === true ? listed.map((one) => ({ ...one, name: null })) : listed
  const shown = await withDataProject(context, (project) =>
    showExperiments(project, named, { workspace: asked.hideWorkspace !== true }),
  )
  if (context.wantsJson) return context.answer(shown.map(baselineJson), [])
  const rows = experimentTable(shown, tableOptions(context, asked))
  if (rows === null)
    throw cliErrors.CLI_USAGE({ detail: `--sort-by "${asked.sortBy ?? ''}" names not one column` })
  const table = asked.csv === true ? csvTable : asked.md === true ? markdownTable : plainTable
  return context.answer(null, table(rows))
}

function tableOptions(context: CliContext, asked: ShowAsked): TableOptions {
  const csv = asked.csv === true
  return {
    csv,
    precision: asked.precision ?? (csv ? null : 5),
    onlyChanged: asked.onlyChanged === true,
    keep: asked.keep ?? [],
    drop: asked.drop ?? [],
    sortBy: asked.sortBy,
    descending: asked.sortOrder === 'desc',
    now: context.clock.now(),
  }
}

// The document that `dvc exp show --json` prints.
function baselineJson(state: BaselineState): Json {
  const experiments = state.experiments.map((experiment) => ({
    revs: [{ ...stateJson(experiment), experiments: null }],
    executor: null,
    name: experiment.name,
  }))
  return { ...stateJson(state), experiments: experiments.length === 0 ? null : experiments }
}

function stateJson({ revision, name, committedAt, result }: ExperimentState) {
  const timestamp = committedAt === null ? null : localIso(committedAt)
  if (!result.ok)
    return {
      rev: revision,
      name,
      data: null,
      error: { msg: result.error.detail, type: result.error.code },
    }
  const { params, metrics, deps, outs } = result.data
  const data = {
    rev: revision,
    timestamp,
    params: valuesJson(params),
    metrics: valuesJson(metrics),
    deps: Object.fromEntries([...deps].map(([path, facts]) => [path, factsJson(facts)])),
    outs: Object.fromEntries(
      [...outs].map(([path, { content, cache, isSource }]) => [
        path,
        { ...factsJson(content), use_cache: cache, is_data_source: isSource },
      ]),
    ),
    meta: {},
  }
  return { rev: revision, name, data, error: null }
}

function valuesJson(files: ReadonlyMap<string, FileValues>): Json {
  return Object.fromEntries(
    [...files].map(([file, found]) => [
      file,
      found.ok ? { data: toJson(found.values) } : { error: { msg: found.message } },
    ]),
  )
}

function factsJson(facts: PathFacts) {
  return { hash: facts?.md5 ?? null, size: facts?.size ?? null, nfiles: facts?.nfiles ?? null }
}

async function importAll(context: CliContext, store: string | undefined): Promise<void> {
  const stores = await context.openStores(store)
  try {
    const done = await withDataProject(context, (project) =>
      trackExperiments({ ...stores, project }),
    )
    context.answer({ ...done }, [
      `${done.experiments} experiments, ${done.added} runs added to the experiment "dvc experiments".`,
    ])
  } finally {
    await stores.close()
  }
}

// What DVC's verbs are here: nothing is run by them, but nobody is left without an answer.
const ELSEWHERE: Readonly<Record<string, string>> = {
  run: 'Run `ratchet repro`: with the control plane up (`ratchet up`) each stage is a tracked run; `ratchet retrain NAME` trains a model of the loop.',
  save: 'Run `ratchet commit`, then `git commit`.',
  diff: 'Run `ratchet params diff REV` and `ratchet metrics diff REV`; REV may be the commit of an experiment, as `ratchet exp list` says it.',
  apply:
    'Run `git checkout COMMIT -- .`, then `ratchet checkout`; COMMIT as `ratchet exp list` says it.',
  branch: 'Run `git branch NAME COMMIT`, with the commit as `ratchet exp list` says it.',
  push: "Run `git push REMOTE 'refs/exps/*:refs/exps/*'` and `ratchet push`.",
  pull: "Run `git fetch REMOTE 'refs/exps/*:refs/exps/*'` and `ratchet fetch`.",
  rename: 'Run `dvc exp rename`: experiments belong to DVC.',
  remove: 'Run `dvc exp remove`: experiments belong to DVC. `ratchet gc` frees their data.',
  clean: 'Run `dvc exp clean`: the queue belongs to DVC.',
}

function registerElsewhere(experiments: Command): void {
  for (const [verb, next] of Object.entries(ELSEWHERE))
    experiments
      .command(verb, { hidden: true })
      .argument('[args...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw cliErrors.CLI_ELSEWHERE({
          detail: `\`exp ${verb}\` is not among the verbs of Ratchet`,
          next,
        })
      })
}
