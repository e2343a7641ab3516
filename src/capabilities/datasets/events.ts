import type { EventInput } from '../../events/index.ts'
import type { DatasetVersion } from './schema.ts'

/** A dataset has a content that it did not have before. */
export function versionAdded(version: DatasetVersion): EventInput {
  const { dataset, md5, size, nfiles, rows, commit, causedBy } = version
  return {
    type: 'datasets.version_added',
    subject: `dataset:${dataset}`,
    data: { version_id: version.id, dataset, path: dataset, md5, size, nfiles, rows, commit },
    causedBy,
  }
}
