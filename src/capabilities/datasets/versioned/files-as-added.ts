import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fsPath } from '../file-names.ts'
import type { DirEntry } from '../listing.ts'
import type { DataProject } from '../project.ts'
import type { RecordedFile } from './recorded-files.ts'

/**
 * The files of a folder as `add` records them where they are listed one by one: what is still the same keeps its version
 * on the remote, the rest has none until it is pushed.
 */
export function filesAsAdded(
  project: Pick<DataProject, 'root'>,
  path: string,
  {
    before,
    entries,
  }: { readonly before: readonly RecordedFile[]; readonly entries: Iterable<DirEntry> },
): readonly RecordedFile[] {
  const known = new Map(before.map((file) => [file.relpath, file]))
  return [...entries].map(({ relpath, md5 }) => {
    const old = known.get(relpath)
    if (old?.md5 === md5) return old
    const stats = statSync(fsPath(join(project.root, path, relpath)), { throwIfNoEntry: false })
    const isexec = ((stats?.mode ?? 0) & 0o100) !== 0
    return { relpath, md5, size: stats?.size, isexec, stored: null }
  })
}
