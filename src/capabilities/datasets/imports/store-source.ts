import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { md5 } from '../../../base/hash.ts'
import { relpathFault } from '../containment.ts'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints, pythonJsonText } from '../python-json.ts'
import { openAnyRemote } from '../remotes/open.ts'
import { eachAtOnce, type Remote, type RemoteObject } from '../remotes/port.ts'
import { withRetries } from '../remotes/retry.ts'
import type { ObjectPlace } from '../remotes/transfer.ts'
import type { YamlMap } from '../yaml-values.ts'
import { holdEach } from './held-files.ts'
import type { ImportSource } from './source.ts'

/** An object of a store, or all that lies below a name. */
export function storeSource(project: Pick<DataProject, 'settings'>, url: string): ImportSource {
  const place = placeOf(url)
  const using = async <T>(work: (remote: Remote) => Promise<T>): Promise<T> => {
    const remote = await openAnyRemote(project, place.remote)
    try {
      return await work(remote)
    } finally {
      await remote.close()
    }
  }
  return {
    name: place.name,
    entry: () =>
      using(async (remote) => {
        const found = await lookAt(remote, place.key, url)
        return found.kind === 'object'
          ? objectEntry(found.object, url)
          : folderEntry(remote, found, url)
      }),
    download: (target) =>
      using(async (remote) => {
        const found = await lookAt(remote, place.key, url)
        if (found.kind === 'object') return receive(remote, { key: place.key }, target)
        await eachAtOnce(found.objects, { jobs: remote.jobs }, ({ key }) =>
          receive(remote, { key }, join(target, safeName(key, found.prefix, url))),
        )
      }),
    eachFile: (...held) =>
      using(async (remote) => {
        const found = await lookAt(remote, place.key, url)
        const prefix = found.kind === 'object' ? null : found.prefix
        const relpaths =
          found.kind === 'object'
            ? [null]
            : found.objects.map(({ key }) => safeName(key, found.prefix, url))
        const keyOf = (relpath: string | null): string =>
          relpath === null || prefix === null ? place.key : prefix + relpath
        await holdEach(
          relpaths,
          (relpath, target) => receive(remote, { key: keyOf(relpath) }, target),
          ...held,
        )
      }),
  }
}

export interface StorePlace {
  /** The name of a remote, or an address. */
  readonly remote: string
  readonly key: string
  readonly name: string
}

// The folder of the object is opened as a remote, the object is one of its keys.
export function placeOf(url: string): StorePlace {
  const plain = url.replace(/\/+$/, '')
  const at = plain.lastIndexOf('/')
  const [folder, name] = [plain.slice(0, at), plain.slice(at + 1)]
  const [, remote, prefix] = /^remote:\/\/([^/]+)\/?(.*)$/.exec(folder) ?? []
  if (remote === undefined) return { remote: folder, key: name, name }
  return { remote, key: prefix === '' ? name : `${prefix ?? ''}/${name}`, name }
}

type Found =
  | { readonly kind: 'object'; readonly object: RemoteObject }
  | { readonly kind: 'folder'; readonly prefix: string; readonly objects: readonly RemoteObject[] }

/** @throws DATASET_NOT_FOUND */
export async function lookAt(
  remote: Remote,
  key: string,
  url: string,
  version?: string,
): Promise<Found> {
  const object = await withRetries(() => remote.head(key, { version }), {})
  if (object !== null) return { kind: 'object', object }
  const prefix = `${key}/`
  const objects: RemoteObject[] = []
  // Some stores keep an empty object with the name of a folder.
  if (remote.canList)
    for await (const batch of remote.list(prefix))
      objects.push(...batch.filter((one) => !one.key.endsWith('/')))
  if (objects.length > 0) return { kind: 'folder', prefix, objects }
  throw datasetErrors.DATASET_NOT_FOUND({
    detail: `${url} is neither an object nor a folder of objects`,
    path: url,
  })
}

function objectEntry({ etag, size }: RemoteObject, url: string): YamlMap {
  const told = etag === undefined ? [] : ([['etag', etag]] as const)
  return new Map<string, string | number>([...told, ['size', size], ['hash', 'md5'], ['path', url]])
}

/** What DVC records of a folder of a store: the hash of a listing by ETags, so that nothing is read to see a change. */
async function folderEntry(
  remote: Remote,
  { prefix, objects }: Extract<Found, { kind: 'folder' }>,
  url: string,
): Promise<YamlMap> {
  const entries: { readonly relpath: string; readonly etag: string }[] = []
  await eachAtOnce(objects, { jobs: remote.jobs }, async ({ key }) => {
    const etag = (await withRetries(() => remote.head(key), {}))?.etag
    if (etag === undefined)
      throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
        detail: `${url} is a folder, and its store does not tell contents apart (no ETag)`,
        next: 'Import its files one by one, or copy the folder here and add it.',
      })
    entries.push({ relpath: safeName(key, prefix, url), etag })
  })
  return new Map<string, string | number>([
    ['md5', `${md5(etagListing(entries))}.dir`],
    ['size', objects.reduce((sum, { size }) => sum + size, 0)],
    ['nfiles', objects.length],
    ['hash', 'md5'],
    ['path', url],
  ])
}

/** Python's `json.dumps([{"etag": …, "relpath": …}, …], sort_keys=True)`, sorted by path. */
export function etagListing(
  entries: readonly { readonly relpath: string; readonly etag: string }[],
): string {
  const sorted = entries.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
  const items = sorted.map(
    ({ relpath, etag }) =>
      `{"etag": ${pythonJsonText(etag)}, "relpath": ${pythonJsonText(relpath)}}`,
  )
  return `[${items.join(', ')}]`
}

// Keys are names that others chose: none may lead out of the folder that is being made.
export function safeName(key: string, prefix: string, url: string): string {
  const name = key.slice(prefix.length)
  const fault = relpathFault(name)
  if (fault === null) return name
  throw datasetErrors.DATASET_OUTSIDE({
    detail: `${url}: ${JSON.stringify(key)} ${fault}`,
    path: url,
  })
}

export async function receive(
  remote: Remote,
  { key, version }: ObjectPlace,
  target: string,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true })
  await pipeline(Readable.from(remote.open(key, { version })), createWriteStream(target))
}

/** What lies directly below an address, or with `recursive` all of it, from there. @throws DATASET_NOT_FOUND */
export async function listStore(
  project: Pick<DataProject, 'settings'>,
  url: string,
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const place = placeOf(url)
  const remote = await openAnyRemote(project, place.remote)
  try {
    const found = await lookAt(remote, place.key, url)
    if (found.kind === 'object') return [{ path: place.name, size: found.object.size }]
    return found.objects
      .map(({ key, size }) => ({ path: key.slice(found.prefix.length), size }))
      .toSorted((a, b) => compareCodePoints(a.path, b.path))
  } finally {
    await remote.close()
  }
}
