import { randomUUID } from 'node:crypto'
import { filesOf, historyOf, listOf } from './archive/contents.ts'
import { addressBelow } from './artifact-path.ts'
import type { Artifacts } from './artifacts.ts'
import type { Database } from '../../storage/database/port.ts'
import type { RunInfo } from './schema.ts'
import type { Tracking } from './tracking.ts'

export interface CopyDeps {
  readonly database: Database
  readonly tracking: Tracking
  readonly artifacts: Artifacts
}

/** Names the run that this one is a copy of. */
export const COPY_OF_TAG = 'ratchet.copy_of'

/**
 * Makes a run with an id of its own that has all that another has, its files included; what it links to, such as logged
 * models, is the same. It is seen when it is whole: a copy that was interrupted is a deleted run.
 * @throws TRACKING_UNKNOWN
 */
export async function copyRun(
  { database, tracking, artifacts }: CopyDeps,
  from: string,
  experimentId: string,
): Promise<RunInfo> {
  const run = await tracking.getRun(from)
  const { artifactLocation } = await tracking.getExperiment(experimentId)
  const id = randomUUID().replaceAll('-', '')
  const artifactUri = addressBelow(artifactLocation, `${id}/artifacts`)
  await database.transaction(async (tx) => {
    await tracking.adoptRunIn(tx, {
      ...run,
      id,
      experimentId,
      artifactUri,
      lifecycle: 'deleted',
      params: listOf(run.params),
      tags: [...listOf(run.tags), { key: COPY_OF_TAG, value: from }],
    })
    await tracking.copySnapshotIn(tx, from, id)
  })
  for await (const piece of historyOf({ tracking }, run))
    await database.transaction((tx) => tracking.adoptMetricsIn(tx, id, piece))
  const root = artifacts.pathOf(artifactUri)
  for await (const { path, full } of filesOf({ artifacts }, run.artifactUri))
    if (root !== null) await artifacts.write(`${root}/${path}`, (await artifacts.read(full)).stream)
  await tracking.restoreRun(id)
  return tracking.getRunInfo(id)
}
