import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { followPages } from './follow-pages.ts'
import { bytesOf, documentOf, type GcsClient, openGcsClient } from './gcs-client.ts'
import { etagOf, uploadToGcs } from './gcs-upload.ts'
import { type ByteRange, inRanges } from './parts.ts'
import type { ReadOptions, Remote, RemoteObject } from './port.ts'
import { withRetries } from './retry.ts'
import type { RemoteSettings } from './settings.ts'
import { bucketAddress, keyNames } from './values.ts'

const REQUESTS_AT_ONCE = 32
const RANGE_ATTEMPTS = 3

interface Store {
  readonly client: GcsClient
  readonly address: string
  readonly nameOf: (key: string) => string
  readonly keyOf: (name: string) => string
}

/** A bucket of Google Cloud Storage. `gs://bucket/folder` */
export async function openGcsRemote(settings: RemoteSettings): Promise<Remote> {
  const { inside, outside } = keyNames(bucketAddress(settings, 'gs://BUCKET/FOLDER').folder)
  const client = await openGcsClient(settings)
  const store: Store = { client, address: settings.url, nameOf: inside, keyOf: outside }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: REQUESTS_AT_ONCE,
    list: (prefix, asked) => list(store, prefix, asked?.signal),
    head: (key, asked = {}) => head(store, key, asked),
    upload: async (key, source, asked = {}) => {
      try {
        return await uploadToGcs(client, { name: inside(key), source }, asked)
      } catch (error) {
        throw remoteFault(error, { ...store, key, signal: asked.signal })
      }
    },
    open: (key, asked = {}) => read(store, key, asked),
    delete: async (keys, asked) => {
      for (const key of keys) await remove(store, key, asked?.signal)
    },
    close: async () => client.close(),
  }
}

async function* list(
  { client, address, nameOf, keyOf }: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  const pages = followPages(`${address}: ${prefix}`)
  let token: string | undefined
  do {
    try {
      const url = client.objectUrl()
      url.searchParams.set('prefix', nameOf(prefix))
      url.searchParams.set('fields', 'items(name,size,updated,etag),nextPageToken')
      if (token !== undefined) url.searchParams.set('pageToken', token)
      const page = await documentOf(await client.ask({ method: 'GET', url, signal }))
      token = typeof page['nextPageToken'] === 'string' ? page['nextPageToken'] : undefined
      const items = Array.isArray(page['items']) ? (page['items'] as readonly Found[]) : []
      const objects = items.map(({ name = '', size, updated, etag }) => ({
        key: keyOf(name),
        size: Number(size),
        modifiedAt: updated === undefined ? undefined : Date.parse(updated),
        etag: etagOf(etag),
      }))
      pages(objects, token)
      yield objects
    } catch (error) {
      throw remoteFault(error, { address, key: prefix, signal })
    }
  } while (token !== undefined)
}

interface Found {
  readonly name?: string
  readonly size?: number | string
  readonly updated?: string
  readonly etag?: string
  readonly generation?: string
}

async function look(
  { client, nameOf }: Store,
  key: string,
  { version, signal }: ReadOptions,
): Promise<Found> {
  const url = client.objectUrl(nameOf(key))
  if (version !== undefined) url.searchParams.set('generation', version)
  return documentOf(await client.ask({ method: 'GET', url, signal }))
}

async function head(store: Store, key: string, options: ReadOptions): Promise<RemoteObject | null> {
  const { signal } = options
  try {
    const { size, etag, generation } = await look(store, key, options)
    return { key, size: Number(size), etag: etagOf(etag), version: generation }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw remoteFault(error, { ...store, key, signal })
  }
}

async function* read(store: Store, key: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { client, address, nameOf } = store
  const { signal, onBytes } = options
  try {
    const { size = 0, generation } = await look(store, key, options)
    // All ranges are of the same object, also when it is replaced meanwhile.
    const url = client.objectUrl(nameOf(key))
    url.searchParams.set('alt', 'media')
    if (generation !== undefined) url.searchParams.set('generation', generation)
    yield* inRanges({ from: 0, size: Number(size) }, async (range) => {
      const one = () => fetchRange(store, { url, ...range }, signal)
      const bytes = await withRetries(one, { signal, attempts: RANGE_ATTEMPTS })
      onBytes?.(bytes.length)
      return bytes
    })
  } catch (error) {
    if (statusOf(error) === 404)
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw remoteFault(error, { address, key, signal })
  }
}

// Tried again as a whole: a line may also drop behind the first byte of the answer.
async function fetchRange(
  { client, address }: Store,
  { url, first, last }: ByteRange & { readonly url: URL },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const headers = { range: `bytes=${first}-${last}` }
    return await bytesOf(await client.ask({ method: 'GET', url, headers, signal, attempts: 1 }))
  } catch (error) {
    if (statusOf(error) === 404) throw error
    throw remoteFault(error, { address, signal })
  }
}

async function remove(
  { client, address, nameOf }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const url = client.objectUrl(nameOf(key))
    ;(await client.ask({ method: 'DELETE', url, signal })).resume()
  } catch (error) {
    if (statusOf(error) === 404) return
    throw remoteFault(error, { address, key, signal })
  }
}
