import { createHash } from 'node:crypto'
import type * as Library from '@aws-sdk/client-s3'
import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { followPages } from './follow-pages.ts'
import { inRanges, PART_BYTES, readWhole, sendInParts } from './parts.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import { withRetries } from './retry.ts'
import { customerKey, openS3Client, uploadHeaders } from './s3-client.ts'
import type { RemoteSettings } from './settings.ts'
import { abortable, bucketAddress, keyNames } from './values.ts'

interface Store {
  readonly s3: typeof Library
  readonly client: Library.S3Client
  readonly bucket: string
  readonly address: string
  readonly nameOf: (key: string) => string
  readonly keyOf: (name: string) => string
  /** Sent along with each read, and with each write. */
  readonly forReads: Readonly<Record<string, string>>
  readonly forWrites: Readonly<Record<string, string>>
}

const REQUESTS_AT_ONCE = 32
const MOST_PARTS = 10_000
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
    head: (key, options) => head(store, key, options?.signal),
    upload: (key, source, options = {}) => upload(store, { key, source }, options),
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
      const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: keyOf(Key),
        size: Size,
        modifiedAt: LastModified?.getTime(),
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
  signal: AbortSignal | undefined,
): Promise<RemoteObject | null> {
  try {
    const found = await client.send(
      new s3.HeadObjectCommand({ Bucket: bucket, Key: nameOf(key), ...forReads }),
      abortable(signal),
    )
    return { key, size: found.ContentLength ?? 0, etag: found.ETag?.replaceAll('"', '') }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw remoteFault(error, { address, key, signal })
  }
}

interface Upload {
  readonly key: string
  readonly source: UploadSource
}

async function upload(store: Store, what: Upload, options: TransferOptions): Promise<void> {
  try {
    await (what.source.size <= PART_BYTES ? putWhole : putInParts)(store, what, options)
  } catch (error) {
    throw remoteFault(error, { ...store, key: what.key, signal: options.signal })
  }
}

// The store refuses bytes that do not have this MD5.
async function putWhole(
  { s3, client, bucket, nameOf, forWrites }: Store,
  { key, source }: Upload,
  options: TransferOptions,
): Promise<void> {
  const body = await readWhole(source, options)
  await client.send(
    new s3.PutObjectCommand({
      Bucket: bucket,
      Key: nameOf(key),
      Body: body,
      ContentLength: body.length,
      ContentMD5: Buffer.from(source.md5, 'hex').toString('base64'),
      ...forWrites,
    }),
    abortable(options.signal),
  )
  options.onBytes?.(body.length)
}

async function putInParts(
  store: Store,
  { key, source }: Upload,
  options: TransferOptions,
): Promise<void> {
  const { s3, client, bucket, nameOf, forReads, forWrites } = store
  const place = { Bucket: bucket, Key: nameOf(key) }
  const { UploadId } = await client.send(
    new s3.CreateMultipartUploadCommand({ ...place, ...forWrites }),
    abortable(options.signal),
  )
  const made: { readonly PartNumber: number; readonly ETag: string | undefined }[] = []
  const partBytes = Math.max(PART_BYTES, Math.ceil(source.size / MOST_PARTS))
  try {
    await sendInParts(
      source,
      async ({ number, bytes }) => {
        const { ETag } = await client.send(
          new s3.UploadPartCommand({
            ...place,
            ...forReads,
            UploadId,
            PartNumber: number,
            Body: bytes,
            ContentMD5: createHash('md5').update(bytes).digest('base64'),
          }),
          abortable(options.signal),
        )
        made.push({ PartNumber: number, ETag })
      },
      { ...options, partBytes },
    )
    const parts = made.toSorted((a, b) => a.PartNumber - b.PartNumber)
    await client.send(
      new s3.CompleteMultipartUploadCommand({
        ...place,
        UploadId,
        MultipartUpload: { Parts: parts },
      }),
      abortable(options.signal),
    )
  } catch (error) {
    // What is left of it costs money and nothing else; the first fault is the one to tell.
    await client.send(new s3.AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => null)
    throw error
  }
}

async function* read(
  store: Store,
  key: string,
  options: TransferOptions,
): AsyncGenerator<Uint8Array> {
  const { address } = store
  try {
    const first = await fetchRange(store, { key, first: 0, last: FIRST_BYTES - 1 }, options)
    if (first === null) return
    yield first.bytes
    const { etag, size } = first
    // Each range is tried again by itself: what came before is not asked for twice.
    yield* inRanges({ from: first.bytes.length, size }, (range) =>
      withRetries(() => restOf(store, { key, ...range, etag }, options), {
        signal: options.signal,
        attempts: RANGE_ATTEMPTS,
      }),
    )
  } catch (error) {
    if (statusOf(error) === 404)
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
  readonly first: number
  readonly last: number
  /** Of the first range: the others must be of the same object. */
  readonly etag?: string | undefined
}

/** Null for an object without bytes, which has no range. */
async function fetchRange(
  { s3, client, bucket, nameOf, forReads }: Store,
  { key, first, last, etag }: RangeOf,
  { signal, onBytes }: TransferOptions,
) {
  try {
    const answer = await client.send(
      new s3.GetObjectCommand({
        Bucket: bucket,
        Key: nameOf(key),
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
