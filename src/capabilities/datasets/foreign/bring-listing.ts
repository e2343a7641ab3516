import type { DataProject } from '../project.ts'
import type { BringListing } from './contents.ts'
import type { ForeignRepository } from './repository.ts'

/** Brings a folder's listing, and with it its files: DVC's caches promise that they are together. */
export function bringListingOf(project: DataProject, repository: ForeignRepository): BringListing {
  return async (out) =>
    (await import('./bring.ts')).bringObjects(project, repository, [{ out, part: null }])
}
