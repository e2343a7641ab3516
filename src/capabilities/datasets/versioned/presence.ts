import { eachAtOnce, type CallOptions, type Remote, type RemoteObject } from '../remotes/port.ts'
import { withRetries } from '../remotes/retry.ts'
import type { SelectedOut } from '../targets.ts'
import { isAskedFor, nameOf } from './files-of.ts'
import type { RecordedFile, RecordedVersion } from './recorded-files.ts'

export interface PresenceOptions extends CallOptions {
  readonly jobs?: number | undefined
}

/** The files of an out whose recorded version the remote has. A listing answers for all that is still the newest. */
export async function presentVersions(
  remote: Remote,
  out: SelectedOut,
  { files, jobs, signal }: PresenceOptions & { readonly files: readonly RecordedFile[] },
): Promise<ReadonlySet<RecordedFile>> {
  const known = files.filter((file) => isAskedFor(out, file) && versionOn(remote, file) !== null)
  const newest =
    known.length > 1 ? await newestBelow(remote, out, signal) : new Map<string, never>()
  const found = new Set<RecordedFile>()
  await eachAtOnce(known, { jobs: jobs ?? remote.jobs, signal }, async (file, stop) => {
    const { etag, version } = versionOn(remote, file) ?? {}
    const key = nameOf(out, file)
    if (etag !== undefined && newest.get(key)?.etag === etag) return void found.add(file)
    // Without a version only the newest can be meant.
    const asked = { version, signal: stop }
    const there = await withRetries(() => remote.head(key, asked), asked)
    if (there !== null && (version !== undefined || there.etag === etag)) found.add(file)
  })
  return found
}

/** What a record says of a file on this remote; null where it speaks of another one, or of none. */
export function versionOn(
  { name }: Pick<Remote, 'name'>,
  { stored }: RecordedFile,
): RecordedVersion | null {
  return stored !== null && (stored.remote === null || stored.remote === name) ? stored : null
}

/** The newest versions of all that lies below the name of a folder. */
export async function newestBelow(
  remote: Remote,
  { path }: Pick<SelectedOut, 'path'>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, RemoteObject>> {
  const newest = new Map<string, RemoteObject>()
  // Some stores keep an empty object with the name of a folder.
  for await (const batch of remote.list(`${path}/`, { signal }))
    for (const object of batch) if (!object.key.endsWith('/')) newest.set(object.key, object)
  return newest
}
