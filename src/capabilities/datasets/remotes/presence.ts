import { OidSet } from '../objects/oid-set.ts'
import { listStore } from '../objects/object-store.ts'
import { type CallOptions, eachAtOnce, type Remote } from './port.ts'
import { withRetries } from './retry.ts'

export interface PresenceOptions extends CallOptions {
  readonly legacy: boolean
  readonly jobs?: number | undefined
}

/** Where an object lies on a remote: as in a cache. */
export function objectKey(oid: string, legacy: boolean): string {
  return `${legacy ? '' : 'files/md5/'}${oid.slice(0, 2)}/${oid.slice(2)}`
}

/** The folder of objects of a remote that is a folder itself. */
export function remoteStore(folder: string, legacy: boolean): string {
  return legacy ? folder : `${folder}/files/md5`
}

// A call lists a thousand objects; asking for one costs about as much.
const OBJECTS_A_PAGE = 1000
const MANY = 256

/** Answers which of these objects the remote has. They are names without `.dir`. */
export async function presentOn(
  remote: Remote,
  oids: Iterable<string> & { readonly count: number },
  options: PresenceOptions,
): Promise<{ readonly has: (oid: string) => boolean }> {
  const { legacy } = options
  if (oids.count === 0) return { has: () => false }
  if (remote.folder !== undefined && oids.count >= MANY)
    return listStore(remoteStore(remote.folder, legacy)).files
  if (remote.canList && oids.count >= MANY && (await listingIsCheaper(remote, oids.count, options)))
    return listAll(remote, options)
  return askEach(remote, oids, options)
}

async function askEach(
  remote: Remote,
  oids: Iterable<string>,
  { legacy, jobs, signal }: PresenceOptions,
): Promise<{ readonly has: (oid: string) => boolean }> {
  const found = new Set<string>()
  const atOnce = { jobs: jobs ?? remote.jobs, signal }
  await eachAtOnce(oids, atOnce, async (oid, stop) => {
    const options = { signal: stop }
    const answer = await withRetries(() => remote.head(objectKey(oid, legacy), options), options)
    if (answer !== null) found.add(oid)
  })
  return found
}

/** Which of a few names, listings among them, the remote does not have. */
export async function absentFrom(
  remote: Remote,
  oids: readonly string[],
  options: PresenceOptions,
): Promise<ReadonlySet<string>> {
  const present = await askEach(remote, oids, options)
  return new Set(oids.filter((oid) => !present.has(oid)))
}

// One of 256 prefixes tells how large the remote is: hashes are spread evenly.
async function listingIsCheaper(
  remote: Remote,
  count: number,
  options: PresenceOptions,
): Promise<boolean> {
  let sample = 0
  for await (const batch of remote.list(objectKey('00', options.legacy), {
    signal: options.signal,
  }))
    sample += batch.length
  return Math.max(256, (sample * 256) / OBJECTS_A_PAGE) < count
}

async function listAll(remote: Remote, { legacy, jobs, signal }: PresenceOptions): Promise<OidSet> {
  const found = new OidSet()
  const prefixes = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))
  const atOnce = { jobs: jobs ?? remote.jobs, signal }
  await eachAtOnce(prefixes, atOnce, async (prefix, stop) => {
    for await (const batch of remote.list(objectKey(prefix, legacy), { signal: stop }))
      for (const { key } of batch) {
        const oid = key.slice(legacy ? 0 : 'files/md5/'.length).replace('/', '')
        if (/^[0-9a-f]{32}$/.test(oid)) found.add(oid)
      }
  })
  return found
}
