import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import { versionAdded } from './events.ts'
import type { DatasetVersion, DatasetVersionInput } from './schema.ts'
import { insertVersion, listVersions } from './store.ts'

export interface DatasetDeps {
  readonly clock: Clock
  readonly publish: Publish
}

/**
 * Records that a dataset has this content now and announces it. The content that it already had is no new
 * version: then the known one is returned and nothing is announced.
 */
export async function recordVersion(
  { clock, publish }: DatasetDeps,
  tx: Tx,
  input: DatasetVersionInput,
): Promise<DatasetVersion> {
  const [latest] = await listVersions(tx, { dataset: input.dataset, limit: 1 })
  if (latest !== undefined && latest.md5 === input.md5) return latest
  const createdAt = clock.now()
  const id = createId('data', createdAt)
  const version: DatasetVersion = { ...input, id, createdAt }
  await insertVersion(tx, version)
  await publish(tx, versionAdded(version))
  return version
}

/** Every time a dataset had this content, newest first: from a hash back to names and commits. */
export function findByMd5(query: Query, md5: string): Promise<readonly DatasetVersion[]> {
  return listVersions(query, { md5 })
}
