import { isRemote } from './artifact-roots.ts'
import { copyArtifacts } from './copy-artifacts.ts'
import type { Importing } from './importing.ts'
import type { SourceLoggedModel, SourceRun } from './source.ts'

/** One run: its row and values, then its history piece by piece, then its files. */
export async function importRun(
  importing: Importing,
  run: SourceRun,
  experimentId: string,
): Promise<void> {
  const { tracking, tally, writer } = importing
  const artifactUri = ownAddress(run.artifactUri, `${experimentId}/${run.id}`)
  tally.read({ runs: 1, params: run.params.length, tags: run.tags.length })
  tally.read({ datasets: run.datasets.length })
  await writer.add({
    kind: 'runs',
    id: run.id,
    weight: 1 + run.params.length + run.tags.length,
    work: async (tx) => {
      const adopted = { ...run, experimentId, artifactUri }
      const { isNew, params, tags, datasets } = await tracking.adoptRunIn(tx, adopted)
      return { runs: isNew ? 1 : 0, params, tags, datasets }
    },
  })
  await importMetrics(importing, run)
  const place = `${run.experimentId}/${run.id}/artifacts`
  const tails = [place, `.trash/${place}`]
  await copyArtifacts(importing, { id: run.id, uri: run.artifactUri, tails, to: artifactUri })
}

function ownAddress(uri: string, path: string): string {
  return isRemote(uri) ? uri : `mlflow-artifacts:/${path}/artifacts`
}

async function importMetrics(
  { tracking, tally, writer, source }: Importing,
  run: SourceRun,
): Promise<void> {
  const { id } = run
  for await (const piece of source.metrics(run)) {
    tally.read({ metrics: piece.length })
    await writer.add({
      kind: 'metrics',
      id,
      weight: piece.length,
      work: async (tx) => ({ metrics: await tracking.adoptMetricsIn(tx, id, piece) }),
    })
  }
}

/** One logged model with its files. */
export async function importLoggedModel(
  importing: Importing,
  model: SourceLoggedModel,
  experimentId: string,
): Promise<void> {
  const { tracking, tally, writer } = importing
  const { isDeleted, ...rest } = model
  const artifactUri = ownAddress(model.artifactUri, `${experimentId}/models/${model.id}`)
  const deletedAt = isDeleted ? model.updatedAt : null
  tally.read({ 'logged models': 1 })
  await writer.add({
    kind: 'logged models',
    id: model.id,
    weight: 1 + model.params.length + model.tags.length + model.metrics.length,
    work: async (tx) => {
      const adopted = { ...rest, experimentId, artifactUri, deletedAt }
      const { isNew } = await tracking.adoptLoggedModelIn(tx, adopted)
      return { 'logged models': isNew ? 1 : 0 }
    },
  })
  const place = `${model.experimentId}/models/${model.id}/artifacts`
  const tails = [place, `.trash/${place}`]
  await copyArtifacts(importing, { id: model.id, uri: model.artifactUri, tails, to: artifactUri })
}
