import type { Command } from 'commander'
import type { Json } from '../../base/json.ts'
import { HOUR_MS, parseDuration } from '../../base/time.ts'
import type { CollectionPlan, CollectionRule, Freed } from '../../automation/collection.ts'
import type { CliContext, Stores } from './context.ts'
import { cliErrors } from './errors.ts'
import { createProgress } from './progress.ts'

interface Options {
  readonly olderThan?: string
  readonly experiment?: readonly string[]
  readonly experimentIds?: string
  readonly runIds?: string
  readonly loggedModelIds?: string
  readonly keepLast?: string
  readonly orphans?: boolean
  readonly dryRun?: boolean
  readonly store?: string
}

const EXAMPLES = `
Examples:
  ratchet runs gc --dry-run
  ratchet runs gc --older-than 30d --keep-last 10
  ratchet runs gc --experiment team/price --orphans
  ratchet runs gc --run-ids 4f1c…,77aa…

Only what was deleted goes: runs, logged models, versions, experiments. What a registered version stands on stays, and so
does a version that an endpoint may go back to. May be interrupted and run again.
`

/** `runs gc`: deleted things go for good. */
export function addRunsGc(runs: Command, context: CliContext): void {
  runs
    .command('gc')
    .description(
      'free what was deleted: rows, artifacts and, if asked, files that belong to nothing',
    )
    .option('--older-than <duration>', 'deleted longer ago than this, such as 30d or 12h')
    .option('--experiment <name...>', 'only of these experiments')
    .option('--experiment-ids <ids>', 'the same by id, with commas')
    .option('--run-ids <ids>', 'only these runs, with commas')
    .option('--logged-model-ids <ids>', 'only these logged models, with commas')
    .option('--keep-last <n>', 'the newest deleted runs of each experiment stay')
    .option(
      '--orphans',
      'also artifacts and blobs without an owner that have not changed for an hour',
    )
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--store <url>', 'postgres://… if this project keeps its state there')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => runsGc(context, options))
}

async function runsGc(context: CliContext, options: Options): Promise<void> {
  const { collect, planCollection } = await import('../../automation/collection.ts')
  const stores = await context.openStores(options.store)
  const progress = createProgress(context, 'things')
  try {
    const onProgress = (freed: Freed): void => progress.at(thingsOf(freed), freed.bytes)
    const deps = { ...stores, signal: context.signal, onProgress }
    const plan = await planCollection(deps, await ruleOf(stores, options))
    if (options.dryRun === true)
      return context.answer({ ...asJson(plan), freed: null }, planLines(plan))
    for (const line of planLines(plan)) context.note(line)
    const freed = await collect(deps, plan)
    const { loggedModels, ...others } = freed
    const counts = { ...others, logged_models: loggedModels }
    context.answer({ ...asJson(plan), freed: counts }, [freedLine(freed)])
  } finally {
    await stores.close()
  }
}

async function ruleOf({ clock, tracking }: Stores, options: Options): Promise<CollectionRule> {
  const age = options.olderThan === undefined ? 0 : durationOf(options.olderThan)
  const named: string[] = []
  for (const name of options.experiment ?? []) {
    const experiment = await tracking.findExperiment(name)
    if (experiment === null)
      throw cliErrors.NOTHING_YET({
        detail: `there is no experiment "${name}"`,
        path: '--experiment',
      })
    named.push(experiment.id)
  }
  const ids = [...named, ...(listOf(options.experimentIds) ?? [])]
  const keepLast = Number(options.keepLast ?? 0)
  if (!Number.isInteger(keepLast) || keepLast < 0)
    throw cliErrors.CLI_USAGE({ detail: `"${options.keepLast}" is no number`, path: '--keep-last' })
  const now = clock.now()
  return {
    // With no age, also what was deleted a moment ago.
    before: age === 0 ? now + 1 : now - age,
    experimentIds: ids.length === 0 ? null : ids,
    runIds: listOf(options.runIds),
    modelIds: listOf(options.loggedModelIds),
    keepLast,
    orphansBefore: options.orphans === true ? now - Math.max(age, HOUR_MS) : null,
  }
}

// MLflow's `2d8h5m` is taken as well.
function durationOf(text: string): number {
  const parts = text.match(/\d+(?:\.\d+)?[a-z]+/g) ?? []
  const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0)
  if (parts.join('') === text && Number.isFinite(sum)) return sum
  throw cliErrors.CLI_USAGE({
    detail: `"${text}" is no duration such as 30d`,
    path: '--older-than',
  })
}

function listOf(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : text.split(',').map((part) => part.trim())
}

function thingsOf(freed: Freed): number {
  return freed.runs + freed.loggedModels + freed.experiments + freed.versions + freed.orphans
}

function asJson(plan: CollectionPlan): Readonly<Record<string, Json>> {
  const { files, bytes, unfinished, orphans } = plan
  return {
    runs: plan.runs.map(toRow),
    logged_models: plan.loggedModels.map(toRow),
    experiments: plan.experiments.map((experiment) => ({ ...experiment })),
    versions: plan.versions.map((version) => ({ ...version })),
    orphans: { folders: orphans.folders, blobs: orphans.blobs },
    kept: plan.kept.map((one) => ({ ...one })),
    unfinished,
    files,
    bytes,
  }
}

function toRow({ id, experimentId, name, artifactUri }: CollectionPlan['runs'][number]) {
  return { id, experiment_id: experimentId, name, artifact_uri: artifactUri }
}

function planLines(plan: CollectionPlan): readonly string[] {
  const { runs, loggedModels, experiments, versions, orphans, unfinished, kept } = plan
  const without = orphans.folders.length + orphans.blobs.length
  return [
    `To go: ${runs.length} runs, ${loggedModels.length} logged models, ${experiments.length} experiments, ${versions.length} versions, ${without} orphans; ${plan.files} files, ${plan.bytes} bytes.`,
    ...(unfinished.length > 0
      ? [`${unfinished.length} folders that an earlier run did not finish.`]
      : []),
    ...kept.map(({ id, reason }) => `stays  ${id}: ${reason}`),
  ]
}

function freedLine(freed: Freed): string {
  const { runs, loggedModels, experiments, versions, orphans, rows, files, bytes } = freed
  return `Gone: ${runs} runs, ${loggedModels} logged models, ${experiments} experiments, ${versions} versions, ${orphans} orphans. Freed ${rows} rows, ${files} files, ${bytes} bytes.`
}
