import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Bucket, StorageOptions } from '@google-cloud/storage'
import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { type ByteRange, inRanges, PART_BYTES, readWhole, sendInParts } from './parts.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import { withRetries } from './retry.ts'
import type { RemoteSettings } from './settings.ts'
import { bucketAddress, keyNames, valuesOf } from './values.ts'

const REQUESTS_AT_ONCE = 32
const RANGE_ATTEMPTS = 3

interface Store {
  readonly bucket: Bucket
  readonly address: string
  /** Nobody is named: what is read is public, or the service asks nobody. */
  readonly isAnonymous: boolean
  readonly nameOf: (key: string) => string
  readonly keyOf: (name: string) => string
}

/** A bucket of Google Cloud Storage. `gs://bucket/folder` */
export async function openGcsRemote(settings: RemoteSettings): Promise<Remote> {
  const { bucket: name, folder } = bucketAddress(settings, 'gs://BUCKET/FOLDER')
  const { Storage } = await import('@google-cloud/storage')
  const { inside, outside } = keyNames(folder)
  const asked = options(settings)
  const store: Store = {
    bucket: new Storage(asked).bucket(name),
    address: settings.url,
    isAnonymous: 'apiEndpoint' in asked && !asked.useAuthWithCustomEndpoint,
    nameOf: inside,
    keyOf: outside,
  }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: REQUESTS_AT_ONCE,
    list: (prefix, asked) => list(store, prefix, asked?.signal),
    head: (key, asked) => head(store, key, asked?.signal),
    upload: (key, source, asked = {}) => upload(store, { key, source }, asked),
    open: (key, asked = {}) => read(store, key, asked),
    delete: async (keys, asked) => {
      for (const key of keys) await remove(store, key, asked?.signal)
    },
    close: async () => {},
  }
}

const PUBLIC_ENDPOINT = 'https://storage.googleapis.com'

// The library signs nothing at an endpoint that it is told, unless asked to.
function options(settings: RemoteSettings): StorageOptions {
  const values = valuesOf(settings)
  const anonymous = values.flag('allow_anonymous_login') === true
  const endpoint = values.text('endpointurl') ?? (anonymous ? PUBLIC_ENDPOINT : undefined)
  const projectId = values.text('projectname')
  const keyFilename = values.path('credentialpath')
  return {
    ...(projectId === undefined ? {} : { projectId }),
    ...(keyFilename === undefined ? {} : { keyFilename }),
    ...(endpoint === undefined
      ? {}
      : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: keyFilename !== undefined }),
    retryOptions: { maxRetries: 4 },
  }
}

async function* list(
  { bucket, address, nameOf, keyOf }: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  let query: object | null = { prefix: nameOf(prefix), autoPaginate: false }
  while (query !== null) {
    signal?.throwIfAborted()
    try {
      const [files, next]: [readonly FoundFile[], object | null, ...unknown[]] =
        await bucket.getFiles(query)
      yield files.map(({ name, metadata: { size, updated } }) => ({
        key: keyOf(name),
        size: Number(size),
        modifiedAt: updated === undefined ? undefined : Date.parse(updated),
      }))
      query = next
    } catch (error) {
      throw remoteFault(error, { address, key: prefix, signal })
    }
  }
}

interface FoundFile {
  readonly name: string
  readonly metadata: {
    readonly size?: number | string | undefined
    readonly updated?: string | undefined
  }
}

async function head(
  { bucket, address, nameOf }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<RemoteObject | null> {
  try {
    const [{ size, etag }] = await bucket.file(nameOf(key)).getMetadata()
    // As DVC writes it.
    const hex = etag === undefined ? undefined : Buffer.from(etag, 'base64').toString('hex')
    return { key, size: Number(size), etag: hex }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw remoteFault(error, { address, key, signal })
  }
}

// The service makes an object of what it got only when it has the MD5 that was said.
async function upload(
  { bucket, address, nameOf }: Store,
  { key, source }: { readonly key: string; readonly source: UploadSource },
  { signal, onBytes }: TransferOptions,
): Promise<void> {
  const file = bucket.file(nameOf(key))
  const metadata = { md5Hash: Buffer.from(source.md5, 'hex').toString('base64') }
  try {
    if (source.size <= PART_BYTES) {
      const bytes = await readWhole(source, { signal })
      await file.save(bytes, { resumable: false, validation: 'md5', metadata })
      onBytes?.(bytes.length)
      return
    }
    await sendInParts(source, async () => {}, { signal })
    await pipeline(
      createReadStream(source.path, { highWaterMark: 1 << 20 }),
      counting(onBytes),
      file.createWriteStream({ resumable: true, validation: 'md5', metadata }),
      { signal },
    )
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

function counting(onBytes: ((count: number) => void) | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes?.(chunk.length)
      done(null, chunk)
    },
  })
}

async function* read(
  store: Store,
  key: string,
  { signal, onBytes }: TransferOptions,
): AsyncGenerator<Uint8Array> {
  const { bucket, address, nameOf } = store
  try {
    const [{ size = 0, generation }] = await bucket.file(nameOf(key)).getMetadata()
    // All ranges are of the same object, also when it is replaced meanwhile.
    const url = new URL(`${bucket.storage.apiEndpoint}/storage/v1/b/${bucket.name}/o/`)
    url.pathname += encodeURIComponent(nameOf(key))
    url.searchParams.set('alt', 'media')
    if (generation !== undefined) url.searchParams.set('generation', String(generation))
    yield* inRanges({ from: 0, size: Number(size) }, async ({ first, last }) => {
      const bytes = await withRetries(() => fetchRange(store, { url, first, last }, signal), {
        signal,
        attempts: RANGE_ATTEMPTS,
      })
      onBytes?.(bytes.length)
      return bytes
    })
  } catch (error) {
    if (statusOf(error) === 404)
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw remoteFault(error, { address, key, signal })
  }
}

interface RangeOf extends ByteRange {
  readonly url: URL
}

// The library says who asks; its own downloads cannot be stopped, and pile listeners upon one stream.
async function fetchRange(
  { bucket: { storage }, address, isAnonymous }: Store,
  { url, first, last }: RangeOf,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const headers = isAnonymous
      ? new Headers()
      : new Headers(await storage.authClient.getRequestHeaders(url.href))
    headers.set('range', `bytes=${first}-${last}`)
    const answer = await fetch(url, { headers, signal: signal ?? null })
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
    await answer.body?.cancel()
    throw Object.assign(new Error(`it answered ${answer.status}`), { status: answer.status })
  } catch (error) {
    if (statusOf(error) === 404) throw error
    // What `fetch` says of the network stands in the cause.
    const cause = error instanceof TypeError ? (error.cause ?? error) : error
    throw remoteFault(cause, { address, signal })
  }
}

async function remove(
  { bucket, address, nameOf }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted()
  try {
    await bucket.file(nameOf(key)).delete({ ignoreNotFound: true })
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}
