import type { EventInput } from '../../events/index.ts'
import type { DatasetVersion } from './schema.ts'
import type { ListedFile, Watch } from './watch/schema.ts'

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

// Names enough for a person; how many there are is told besides.
const NAMED_FILES = 50

/** Files came to a place that is watched; for one retraining, whatever their number. */
export function filesArrived(
  { name, model, pattern }: Watch,
  files: readonly ListedFile[],
  causedBy: string | null,
): EventInput {
  const named = files.slice(0, NAMED_FILES).map(({ path }) => path)
  return {
    type: 'datasets.arrived',
    subject: `model:${model}`,
    data: { watch: name, model, pattern, count: files.length, files: named },
    causedBy,
  }
}
