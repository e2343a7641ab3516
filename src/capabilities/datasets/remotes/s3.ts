import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { followPages } from './follow-pages.ts'
import { inRanges } from './parts.ts'
import type { ReadOptions, Remote, RemoteObject, TransferOptions } from './port.ts'
import { withRetries } from './retry.ts'
import { customerKey, openS3Client, uploadHeaders } from './s3-client.ts'
import { type S3Store as Store, told, unquoted, uploadToS3 } from './s3-upload.ts'
import type { RemoteSettings } from './settings.ts'
import { abortable, bucketAddress, keyNames } from './values.ts'

const REQUESTS_AT_ONCE = 32
/** The first question of a download tells how large the object is; most fit into it. */
const FIRST_BYTES = 1024 * 1024
const RANGE_ATTEMPTS = 3
const KEYS_IN_ONE_DELETE = 1000

/** A bucket of S3, or of a store that speaks its protocol (`endpointurl`). `s3://bucket/folder` */
export async function openS3Remote(settings: RemoteSettings): Promise<Remote> {
  const { bucket, folder } = bucketAddress(settings, 's3://BUCKET/FOLDER')
  const { inside, outside } = keyNames(folder)
  const store: Store = {
    s3: await import('@aws-sdk/client-s3'),
    client: await openS3Client(settings),
    bucket,
    address: settings.url,
    nameOf: inside,
    keyOf: outside,
    forReads: customerKey(settings),
    forWrites: uploadHeaders(settings),
  }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: REQUESTS_AT_ONCE,
    list: (prefix, options) => list(store, prefix, options?.signal),
    head: (key, options = {}) => head(store, key, options),
    upload: (key, source, options = {}) => uploadToS3(store, { key, source }, options),
    open: (key, options = {}) => read(store, key, options),
    delete: (keys, options) => remove(store, keys, options?.signal),
    close: async () => store.client.destroy(),
  }
}

async function* list(
  { s3, client, bucket, address, nameOf, keyOf }: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  const pages = followPages(`${address}: ${prefix}`)
  let token: string | undefined
  do {
    try {
      const page = await client.send(
        new s3.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: nameOf(prefix),
          ContinuationToken: token,
        }),
        abortable(signal),
      )
      token = page.NextContinuationToken
      const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified, ETag }) => ({
        key: keyOf(Key),
        size: Size,
        modifiedAt: LastModified?.getTime(),
        etag: unquoted(ETag),
      }))
      pages(objects, token)
      yield objects
    } catch (error) {
      throw remoteFault(error, { address, key: prefix, signal })
    }
  } while (token !== undefined)
}

async function head(
  { s3, client, bucket, address, nameOf, forReads }: Store,
  key: string,
  { version, signal }: ReadOptions,
): Promise<RemoteObject | null> {
  try {
    const { ContentLength: size = 0, ...found } = await client.send(
      new s3.HeadObjectCommand({
        Bucket: bucket,
        Key: nameOf(key),
        VersionId: version,
        ...forReads,
      }),
      abortable(signal),
    )
    return { key, size, ...told(found) }
  } catch (error) {
    if (statusOf(error) === 404 || isNoVersion(error, version)) return null
    throw remoteFault(error, { address, key, signal })
  }
}

// A text that this store never gave out as the name of a version.
function isNoVersion(error: unknown, version: string | undefined): boolean {
  return version !== undefined && statusOf(error) === 400
}

async function* read(store: Store, key: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { address } = store
  const { version } = options
  try {
    const start = { key, version, first: 0, last: FIRST_BYTES - 1 }
    const first = await fetchRange(store, start, options)
    if (first === null) return
    yield first.bytes
    const { etag, size } = first
    // Each range is tried again by itself: what came before is not asked for twice.
    yield* inRanges({ from: first.bytes.length, size }, (range) =>
      withRetries(() => restOf(store, { key, version, ...range, etag }, options), {
        signal: options.signal,
        attempts: RANGE_ATTEMPTS,
      }),
    )
  } catch (error) {
    if (statusOf(error) === 404 || isNoVersion(error, version))
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw remoteFault(error, { address, key, signal: options.signal })
  }
}

async function restOf(store: Store, range: RangeOf, options: TransferOptions): Promise<Uint8Array> {
  try {
    const found = await fetchRange(store, range, options)
    return found?.bytes ?? new Uint8Array()
  } catch (error) {
    if (statusOf(error) === 404) throw error
    throw remoteFault(error, { ...store, key: range.key, signal: options.signal })
  }
}

interface RangeOf {
  readonly key: string
  readonly version: string | undefined
  readonly first: number
  readonly last: number
  /** Of the first range: the others must be of the same object. */
  readonly etag?: string | undefined
}

/** Null for an object without bytes, which has no range. */
async function fetchRange(
  { s3, client, bucket, nameOf, forReads }: Store,
  { key, version, first, last, etag }: RangeOf,
  { signal, onBytes }: TransferOptions,
) {
  try {
    const answer = await client.send(
      new s3.GetObjectCommand({
        Bucket: bucket,
        Key: nameOf(key),
        VersionId: version,
        Range: `bytes=${first}-${last}`,
        IfMatch: etag,
        ...forReads,
      }),
      abortable(signal),
    )
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array()
    onBytes?.(bytes.length)
    const size = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? bytes.length)
    return { bytes, size, etag: answer.ETag }
  } catch (error) {
    if (statusOf(error) === 416 && first === 0) return null
    throw error
  }
}

async function remove(
  { s3, client, bucket, address, nameOf }: Store,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let start = 0; start < keys.length; start += KEYS_IN_ONE_DELETE) {
    const batch = keys.slice(start, start + KEYS_IN_ONE_DELETE)
    try {
      const { Errors = [] } = await client.send(
        new s3.DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: batch.map((key) => ({ Key: nameOf(key) })), Quiet: true },
        }),
        abortable(signal),
      )
      const [refused] = Errors.filter(({ Code }) => Code !== 'NoSuchKey')
      if (refused !== undefined)
        throw Object.assign(new Error(refused.Message ?? refused.Code), { name: refused.Code })
    } catch (error) {
      throw remoteFault(error, { address, signal })
    }
  }
}
