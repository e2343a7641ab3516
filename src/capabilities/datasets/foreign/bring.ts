import { chmodSync, constants, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { relpathFault } from '../containment.ts'
import { cachePath, isCached } from '../cache.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { fetchDatasets } from '../fetch.ts'
import type { DataProject } from '../project.ts'
import { remoteSettings } from '../remotes/settings.ts'
import { readObjects } from '../tracked/git-objects.ts'
import type { TrackedOut } from '../tracked/outs.ts'
import type { ForeignFile } from './contents.ts'
import { madeBeside } from './put-in-place.ts'
import type { ForeignRepository } from './repository.ts'

/** A part of what another repository tracks: all of it, or one file or folder in it. */
export interface WantedOut {
  readonly out: TrackedOut
  readonly part: string | null
}

/**
 * Brings what another repository keeps into the cache of this project: from its own cache where it is on this
 * machine, else from its remotes. @throws DATASET_NOT_IN_CACHE when neither has it
 */
export async function bringObjects(
  project: DataProject,
  { settings, cacheDir, url }: ForeignRepository,
  wanted: readonly WantedOut[],
): Promise<void> {
  const outs = wanted.map(({ out, part }) => ({ ...out, part }))
  const sources = [cacheDir, ...remotesOf(settings)].filter((source) => source !== null)
  // Two projects may share a cache, and one is asked by itself: then what is there need not come.
  const isOurs = cacheDir === project.cacheDir
  let missing: readonly string[] = isOurs ? [] : outs.map(({ path }) => path)
  for (const remote of sources) {
    if (remote === project.cacheDir) continue
    const other = { ...project, settings }
    const fetched = await fetchDatasets(other, [], {
      outs: outs.map((out) => ({ ...out, remote: null })),
      remote,
    })
    missing = fetched.missing
    if (missing.length === 0) return
  }
  const lacking = outs.filter(
    ({ hash, part }) =>
      part === null && hash !== null && !isCached(project, hash.md5, undefined, hash.legacy),
  )
  if (lacking.length === 0 && missing.length === 0) return
  throw datasetErrors.DATASET_NOT_IN_CACHE({
    detail: `neither the cache nor a remote of ${url} has ${missing.slice(0, 5).join(', ')}`,
    next: 'Push the data from the other repository first.',
  })
}

function remotesOf(settings: ForeignRepository['settings']): readonly string[] {
  try {
    return [remoteSettings(settings).name]
  } catch {
    return []
  }
}

/** Writes files of another repository below a folder; their paths are made relative to `from`. */
export async function writeFiles(
  project: DataProject,
  repository: ForeignRepository,
  { files, from, target }: { files: readonly ForeignFile[]; from: string; target: string },
): Promise<void> {
  const inGit = files.flatMap(({ source }) => (source.kind === 'git' ? [source.object] : []))
  const bytes = await readObjects(repository.folder, inGit)
  const texts = new Map(inGit.map((object, index) => [object, bytes[index] ?? Buffer.alloc(0)]))
  await madeBeside(target, (staging) => {
    for (const file of files) {
      const relpath = file.path === from ? '' : file.path.slice(from === '' ? 0 : from.length + 1)
      const fault = relpath === '' ? null : relpathFault(relpath)
      if (fault !== null)
        throw datasetErrors.DATASET_OUTSIDE({ detail: `${JSON.stringify(relpath)} ${fault}` })
      writeOne(project, file, { to: join(staging, relpath), texts })
      reach('get: file written')
    }
  })
}

function writeOne(
  project: DataProject,
  { source, isexec }: ForeignFile,
  { to, texts }: { readonly to: string; readonly texts: ReadonlyMap<string, Buffer> },
): void {
  mkdirSync(dirname(to), { recursive: true })
  if (source.kind === 'git') writeFileSync(to, texts.get(source.object) ?? '')
  else {
    const from =
      source.kind === 'disk'
        ? source.absolute
        : cachePath(project, source.md5, source.out.hash?.legacy)
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
  }
  // Git keeps whether a file is a program; for data DVC decides.
  const program = source.kind === 'git' && isexec
  chmodSync(to, (program ? 0o777 : 0o666) & ~process.umask())
}
