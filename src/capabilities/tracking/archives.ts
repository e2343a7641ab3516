import type { ArchiveImport, ArchiveImportDeps, ArchiveReport } from './archive/import-archive.ts'
import type { ArchiveStores } from './archive/contents.ts'
import type { Manifest } from './archive/manifest.ts'
import type { ArchiveRequest } from './archive/write-archive.ts'

/** Writes runs as one file. Loaded when it is asked for, like its counterpart: few processes ever read a tar. */
export async function writeArchive(
  stores: ArchiveStores,
  request: ArchiveRequest,
): Promise<Manifest> {
  return (await import('./archive/write-archive.ts')).writeArchive(stores, request)
}

/** Takes over the runs of such a file. @throws ARCHIVE_INVALID, STORAGE_FULL; then nothing was written */
export async function importArchive(
  deps: ArchiveImportDeps,
  asked: ArchiveImport,
): Promise<ArchiveReport> {
  return (await import('./archive/import-archive.ts')).importArchive(deps, asked)
}
