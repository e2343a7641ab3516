import { chmodSync, constants, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { relpathFault } from '../containment.ts'
import { cachePath } from '../cache.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { fetchDatasets } from '../fetch.ts'
import { comesFromSource } from '../imports/origin.ts'
import type { DataProject } from '../project.ts'
import { remoteSettings } from '../remotes/settings.ts'
import { readObjects } from '../tracked/git-objects.ts'
import type { ImportOrigin, TrackedOut } from '../tracked/outs.ts'
import type { SelectedOut } from '../targets.ts'
import { isWhole } from '../whole.ts'
import type { ForeignFile } from './contents.ts'
import { madeBeside } from './put-in-place.ts'
import { type ForeignProject, type ForeignRepository, projectOf } from './repository.ts'

/** A part of what another repository tracks: all of it, or one file or folder in it. */
export interface WantedOut {
  readonly out: TrackedOut
  readonly part: string | null
}

/**
 * Brings what another repository keeps into the cache of this project: from its own cache where it is on this
 * machine, else from its remotes, and what it imported itself from where that came from.
 * @throws DATASET_NOT_IN_CACHE when none has it
 */
export async function bringObjects(
  project: DataProject,
  repository: ForeignRepository,
  wanted: readonly WantedOut[],
): Promise<void> {
  const owners = Map.groupBy(wanted, ({ out }) => projectOf(repository, out.file))
  for (const [owner, some] of owners)
    await bringOwned(project, repository, {
      owner,
      outs: some.map(({ out, part }) => ({ ...out, part, remote: null })),
    })
}

interface Owned {
  readonly owner: ForeignProject | undefined
  readonly outs: readonly SelectedOut[]
}

async function bringOwned(
  project: DataProject,
  { url, folder, follow }: ForeignRepository,
  { owner, outs }: Owned,
): Promise<void> {
  const lacking = () => outs.filter((out) => !isWhole(project, out))
  const settings = owner?.settings ?? new Map()
  for (const remote of [owner?.cacheDir, ...remotesOf(settings)]) {
    if (remote === undefined || remote === null || remote === project.cacheDir) continue
    if (lacking().length === 0) return
    await fetchDatasets({ ...project, settings }, [], { outs, remote })
  }
  const imports = lacking().filter(comesFromSource)
  if (imports.length > 0) {
    const { fetchFromSource } = await import('../imports/fetch-from-source.ts')
    const there = imports.map((out) => ({ ...out, origin: seenFrom(folder, out.origin) }))
    await fetchFromSource(project, there, follow)
  }
  const missing = lacking().map(({ path }) => path)
  if (missing.length === 0) return
  throw datasetErrors.DATASET_NOT_IN_CACHE({
    detail: `neither the cache nor a remote of ${url} has ${missing.slice(0, 5).join(', ')}`,
    next: 'Push the data from the other repository first.',
  })
}

// Its own addresses start in the other repository.
function seenFrom(folder: string, { dependency, wdir }: ImportOrigin): ImportOrigin {
  return { dependency, wdir: join(folder, wdir) }
}

function remotesOf(settings: ForeignProject['settings']): readonly string[] {
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
