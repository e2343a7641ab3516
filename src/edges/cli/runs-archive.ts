import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { toIso } from '../../base/time.ts'
import type { Tracking } from '../../capabilities/tracking/index.ts'
import type { CliContext, Stores } from './context.ts'
import { cliErrors } from './errors.ts'

interface Shared {
  readonly store?: string
}

const STORE = ['--store <url>', 'postgres://… if this project keeps its state there'] as const

/** `runs export`, `runs import`, `runs move`, `runs copy`. */
export function addRunsArchive(runs: Command, context: CliContext): void {
  addExport(runs, context)
  runs
    .command('import')
    .description('take over the runs of an archive, after every byte of it was verified')
    .argument('<file>', 'made by `ratchet runs export`')
    .option('--to <experiment>', 'into this experiment, instead of the one that the archive names')
    .option(...STORE)
    .addHelpText('after', '\nExample:\n  ratchet runs import best.tar.gz --to team/price')
    .action((file: string, options: Shared & { to?: string }) => importRuns(context, file, options))
  const place = (verb: 'move' | 'copy', about: string): void => {
    runs
      .command(verb)
      .description(about)
      .argument('<runs...>', 'ids')
      .requiredOption('--to <experiment>', 'its name')
      .option(...STORE)
      .addHelpText('after', `\nExample:\n  ratchet runs ${verb} 4f1c… --to team/price`)
      .action((ids: readonly string[], options: Shared & { to: string }) =>
        placeRuns(context, verb, ids, options),
      )
  }
  place('move', 'put runs into another experiment; ids and files stay as they are')
  place('copy', 'make new runs in an experiment with all that others have')
}

interface ExportOptions extends Shared {
  readonly output: string
  readonly experiment?: string
}

function addExport(runs: Command, context: CliContext): void {
  runs
    .command('export')
    .description('write runs with history, artifacts and logged models as one file with checksums')
    .argument('[runs...]', 'ids, all of one experiment')
    .requiredOption('-o, --output <file>', 'a .tar, or compressed a .tar.gz')
    .option('--experiment <name>', 'all of its runs that are not deleted')
    .option(...STORE)
    .addHelpText('after', '\nExample:\n  ratchet runs export 4f1c… -o best.tar.gz')
    .action((ids: readonly string[], options: ExportOptions) => exportRuns(context, ids, options))
}

async function exportRuns(
  context: CliContext,
  ids: readonly string[],
  { output, experiment, store }: ExportOptions,
): Promise<void> {
  const { writeArchive } = await import('../../capabilities/tracking/index.ts')
  await withStores(context, store, async (stores) => {
    const { experimentId, runIds } = await chosenRuns(stores.tracking, ids, experiment)
    const file = resolve(context.cwd, output)
    const madeAt = toIso(stores.clock.now())
    const request = { experimentId, runIds, file, madeAt, signal: context.signal }
    const { files, logged_models } = await writeArchive(stores, request)
    const bytes = Object.values(files).reduce((sum, one) => sum + one.bytes, 0)
    const counts = { runs: runIds.length, logged_models: logged_models.length }
    const answer = { file, ...counts, files: Object.keys(files).length, bytes }
    context.answer(answer, [
      `Wrote ${answer.runs} runs, ${answer.files} files, ${bytes} bytes to ${file}.`,
    ])
  })
}

async function chosenRuns(
  tracking: Tracking,
  ids: readonly string[],
  experiment: string | undefined,
): Promise<{ readonly experimentId: string; readonly runIds: readonly string[] }> {
  if (experiment !== undefined) {
    const experimentId = await experimentNamed(tracking, experiment)
    const runIds = await tracking.listRunIds(experimentId)
    return { experimentId, runIds: ids.length === 0 ? runIds : ids }
  }
  const [first] = ids
  if (first === undefined)
    throw cliErrors.CLI_USAGE({ detail: 'name the runs, or an experiment with --experiment' })
  const { experimentId } = await tracking.getRunInfo(first)
  for (const id of ids)
    if ((await tracking.getRunInfo(id)).experimentId !== experimentId)
      throw cliErrors.CLI_USAGE({ detail: `${id} is in another experiment than ${first}` })
  return { experimentId, runIds: ids }
}

async function experimentNamed(tracking: Tracking, name: string): Promise<string> {
  const experiment = await tracking.findExperiment(name)
  if (experiment !== null) return experiment.id
  throw cliErrors.NOTHING_YET({ detail: `there is no experiment "${name}"` })
}

async function importRuns(
  context: CliContext,
  file: string,
  { to, store }: Shared & { readonly to?: string },
): Promise<void> {
  const { importArchive } = await import('../../capabilities/tracking/index.ts')
  await withStores(context, store, async (stores) => {
    const path = resolve(context.cwd, file)
    const { bavail, bsize } = await statfs(dirname(context.stateDir()))
    const asked = { file: path, to: to ?? null, free: bavail * bsize }
    const report = await importArchive({ ...stores, signal: context.signal }, asked)
    const { runs, runsNew, loggedModels, points, files, kept } = report
    const answer = {
      experiment_id: report.experimentId,
      runs,
      runs_new: runsNew,
      logged_models: loggedModels,
      points,
      files,
      bytes: report.bytes,
      kept,
    }
    context.answer(answer, [
      `Took over ${runs} runs (${runsNew} new), ${loggedModels} logged models, ${points} points, ${files} files; ${kept} files were here already.`,
    ])
  })
}

async function placeRuns(
  context: CliContext,
  verb: 'move' | 'copy',
  ids: readonly string[],
  { to, store }: Shared & { readonly to: string },
): Promise<void> {
  const { copyRun } = await import('../../capabilities/tracking/index.ts')
  await withStores(context, store, async (stores) => {
    const experimentId = await experimentNamed(stores.tracking, to)
    const placed: { readonly from: string; readonly id: string; readonly experiment_id: string }[] =
      []
    for (const from of ids) {
      context.signal.throwIfAborted()
      const { id } = await (verb === 'move'
        ? stores.tracking.moveRun(from, experimentId)
        : copyRun(stores, from, experimentId))
      placed.push({ from, id, experiment_id: experimentId })
    }
    const lines = placed.map(({ from, id }) =>
      verb === 'move' ? `${id} is in ${to} now.` : `${from} is in ${to} as ${id}, too.`,
    )
    context.answer({ runs: placed }, lines)
  })
}

async function withStores(
  context: CliContext,
  store: string | undefined,
  work: (stores: Stores) => Promise<void>,
): Promise<void> {
  const stores = await context.openStores(store)
  try {
    await work(stores)
  } finally {
    await stores.close()
  }
}
