import { isCached, storeBytes } from '../cache.ts'
import { encodeDirObject } from '../dir-object.ts'
import { reach } from '../fault-points.ts'
import type { DataProject } from '../project.ts'
import type { Remote } from '../remotes/port.ts'
import { receiveObjects, type TransferOptions } from '../remotes/transfer.ts'
import type { SelectedOut } from '../targets.ts'
import { filesOf, isAskedFor, nameOf } from './files-of.ts'
import { presentVersions, versionOn } from './presence.ts'
import type { RecordedFile } from './recorded-files.ts'

export interface FetchedVersions {
  readonly fetched: number
  readonly missing: readonly string[]
}

/**
 * Brings the recorded versions of files into the cache, each hashed on its way, and makes the listings of their folders.
 * A file that is recorded without a version is missing: another content may have its name on the remote.
 */
export async function fetchVersions(
  project: DataProject,
  remote: Remote,
  outs: readonly SelectedOut[],
  options: TransferOptions,
): Promise<FetchedVersions> {
  const missing: string[] = []
  let fetched = 0
  for (const legacy of [false, true]) {
    const kind = outs.filter(({ hash }) => (hash?.legacy === true) === legacy)
    const coming = new Map<string, Coming>()
    for (const out of kind)
      missing.push(...(await collect(project, remote, { out, coming, options })))
    const places = [...coming.values()]
    const moving = {
      count: places.length,
      oidAt: (index: number): string => places[index]?.md5 ?? '',
      placeAt: (index: number) => places[index] ?? { key: '' },
      legacy,
    }
    await receiveObjects(project, remote, moving, options)
    fetched += places.length
    reach('fetch: versions here')
    for (const out of kind) await makeListing(project, out)
  }
  return { fetched, missing }
}

interface Coming {
  readonly md5: string
  readonly key: string
  readonly version: string | undefined
}

// Adds what is to come by its hash, and returns what is nowhere.
async function collect(
  project: DataProject,
  remote: Remote,
  {
    out,
    coming,
    options,
  }: {
    readonly out: SelectedOut
    readonly coming: Map<string, Coming>
    readonly options: TransferOptions
  },
): Promise<readonly string[]> {
  const files = filesOf(project, out)
  if (files === null) return out.hash === null ? [] : [out.hash.md5]
  const isHere = ({ md5 }: RecordedFile): boolean =>
    coming.has(md5) || isCached(project, md5, undefined, out.hash?.legacy)
  const absent = files.filter((file) => isAskedFor(out, file) && !isHere(file))
  const present = await presentVersions(remote, out, { ...options, files: absent })
  for (const file of present) {
    const { version } = versionOn(remote, file) ?? {}
    coming.set(file.md5, { md5: file.md5, key: nameOf(out, file), version })
  }
  return absent.filter((file) => !present.has(file)).map((file) => nameOf(out, file))
}

// A listing in the cache promises that all its files are there.
async function makeListing(project: DataProject, { hash, files }: SelectedOut): Promise<void> {
  if (hash === null || !hash.md5.endsWith('.dir') || !files) return
  const { legacy = false } = hash
  if (!files.every(({ md5 }) => isCached(project, md5, undefined, legacy))) return
  const { oid, bytes } = encodeDirObject(files)
  await storeBytes(project, oid, bytes, legacy)
}
