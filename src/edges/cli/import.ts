import type { Command } from 'commander'
import type { Json } from '../../base/json.ts'
import type { ImportReport } from '../mlflow/import/index.ts'
import type { CliContext } from './context.ts'
import { createProgress } from './progress.ts'
import { tableLines } from './table.ts'

interface Options {
  readonly artifacts?: readonly string[]
  readonly store?: string
  readonly out?: string
  readonly rev?: string
  readonly force?: boolean
  readonly download?: boolean
  readonly exec?: boolean
  readonly config?: string
  readonly remote?: string
  readonly remoteConfig?: readonly string[]
}

const EXAMPLES = `
Examples:
  ratchet import ../old-project/mlruns
  ratchet import sqlite:///../mlflow.db --artifacts /srv/mlartifacts
  ratchet import postgresql://mlflow@db/mlflow --artifacts /srv/mlartifacts
  ratchet import https://example.com/data.git raw/a.csv --rev v1

Ids are kept. What is here already stays, so that a second run adds what is missing and an interrupted one is made
whole by running it again. It may run beside \`ratchet up\`. Exit code 1: something was refused or broken; the list says what.
`

/** `import`: what an MLflow installation holds. */
export function registerImportCommand(program: Command, context: CliContext): void {
  program
    .command('import')
    .description('take over an mlruns folder or an MLflow database, artifacts included')
    .argument(
      '<source>',
      'an mlruns folder, an mlflow.db, sqlite:///… or postgresql://…; or a Git repository',
    )
    .argument(
      '[path]',
      'of a Git repository: the data in it to bring and track, as `dvc import` does',
    )
    .option('--artifacts <dir...>', 'folders that hold artifacts, where they lie elsewhere')
    .option('--store <url>', 'postgres://… if this project keeps its state there')
    .option('-o, --out <path>', 'with a path: where to put it')
    .option('--rev <commit>', 'with a path: a commit, branch or tag')
    .option('-f, --force', 'with a path: replace what is there')
    .option('--no-download', 'with a path: record the commit without bringing the data')
    .option('--no-exec', 'with a path: record only where it is')
    .option('--config <file>', 'with a path: settings over those of the other repository')
    .option('--remote <name>', 'with a path: the remote of the other repository that has the data')
    .option('--remote-config <name=value...>', 'with a path: settings of that remote')
    .addHelpText('after', EXAMPLES)
    .action(async (source: string, path: string | undefined, options: Options) => {
      if (path === undefined) return runImport(context, source, options)
      const { importFromRepository } = await import('./data-imports.ts')
      return importFromRepository(context, { url: source, path }, options)
    })
}

async function runImport(context: CliContext, address: string, options: Options): Promise<void> {
  const { findSource, importMlflow } = await import('../mlflow/import/index.ts')
  const { cwd, signal } = context
  const found = findSource({ address, cwd, artifacts: options.artifacts ?? [] })
  const stores = await context.openStores(options.store)
  const progress = createProgress(context, 'runs')
  try {
    const { locate } = found
    const onProgress = ({ runs, bytes }: { runs: number; bytes: number }): void =>
      progress.at(runs, bytes)
    const report = await importMlflow({ ...stores, locate, signal, onProgress }, async (tally) => {
      const source = await found.open(tally.skip)
      progress.of(await source.countRuns())
      return source
    })
    const seconds = progress.end()
    context.answer(toJson({ ...report, seconds }), importLines({ ...report, seconds }))
    context.setExitCode(report.faults > 0 ? 1 : 0)
  } finally {
    await stores.close()
  }
}

const MOST_SHOWN = 20

interface Report extends ImportReport {
  readonly seconds: number
}

function toJson(report: Report): Json {
  const { kinds, mapped, skipped } = report
  return {
    ...report,
    kinds: kinds.map((kind) => ({ ...kind })),
    mapped: mapped.map((one) => ({ ...one })),
    skipped: skipped.map((one) => ({ ...one })),
  }
}

function importLines(report: Report): readonly string[] {
  const rows = report.kinds.map(({ kind, read, written, skipped }) => [
    kind,
    ...[read, written, skipped].map(String),
  ])
  const { mapped, skipped } = report
  return [
    `From ${report.source}, in ${report.seconds.toFixed(1)} s, ${report.bytes} bytes of artifacts:`,
    ...tableLines([['', 'read', 'written', 'skipped'], ...rows]),
    ...mapped.map(
      ({ name, from, to }) => `Experiment ${name} has the id ${to} here; it was ${from}.`,
    ),
    ...skipped
      .slice(0, MOST_SHOWN)
      .map(({ kind, id, reason, count }) => `skipped  ${kind} ${id} (${count}): ${reason}`),
    ...(skipped.length > MOST_SHOWN
      ? [`… and ${skipped.length - MOST_SHOWN} more; --json lists them.`]
      : []),
  ]
}
