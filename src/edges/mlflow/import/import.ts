import { isRemote } from './artifact-roots.ts'
import { createBatchedWriter } from './batched-writer.ts'
import type { ImportDeps, Importing, ImportReport } from './importing.ts'
import { importLoggedModel, importRun } from './import-runs.ts'
import { importModel } from './import-registry.ts'
import type { MlflowSource, SourceExperiment } from './source.ts'
import { createTally, type Tally } from './tally.ts'

/**
 * Takes over all that an MLflow installation holds. Ids are kept; what is there already stays, so that a second run
 * adds what is missing, and one that was killed is made whole by the next.
 */
export async function importMlflow(
  deps: ImportDeps,
  open: (tally: Tally) => Promise<MlflowSource>,
): Promise<ImportReport> {
  const tally = createTally()
  const source = await open(tally)
  let bytes = 0
  const tell = (): void => deps.onProgress({ runs: tally.runsRead(), bytes })
  const onBytes = (more: number): void => {
    bytes += more
    tell()
  }
  const writer = createBatchedWriter(deps.database, tally)
  const importing: Importing = { ...deps, source, tally, writer, onBytes }
  const mapped: ImportReport['mapped'][number][] = []
  try {
    for await (const experiment of source.experiments()) {
      const to = await importExperiment(importing, experiment)
      if (to !== experiment.id) mapped.push({ name: experiment.name, from: experiment.id, to })
      await importContents(importing, experiment.id, to, tell)
    }
    for await (const model of source.models()) await importModel(importing, model)
  } finally {
    await source.close()
  }
  const { kinds, skipped, faults } = tally
  const report = { source: source.title, kinds: kinds(), skipped: skipped(), faults: faults() }
  return { ...report, bytes, mapped }
}

async function importContents(
  importing: Importing,
  from: string,
  to: string,
  tell: () => void,
): Promise<void> {
  const { source, writer, signal } = importing
  for await (const run of source.runs(from)) {
    signal.throwIfAborted()
    await importRun(importing, run, to)
    tell()
  }
  for await (const model of source.loggedModels(from)) {
    signal.throwIfAborted()
    await importLoggedModel(importing, model, to)
  }
  await writer.flush()
}

async function importExperiment(
  { database, tracking, tally }: Importing,
  experiment: SourceExperiment,
): Promise<string> {
  tally.read({ experiments: 1 })
  const { artifactLocation, ...rest } = experiment
  const location = isRemote(artifactLocation) ? artifactLocation : null
  const { id, isNew } = await database.transaction((tx) =>
    tracking.adoptExperimentIn(tx, { ...rest, artifactLocation: location }),
  )
  tally.written({ experiments: isNew ? 1 : 0 })
  return id
}
