import { createHash } from 'node:crypto'
import type * as Library from '@aws-sdk/client-s3'
import { remoteFault } from './faults.ts'
import { PART_BYTES, readWhole, sendInParts } from './parts.ts'
import type { TransferOptions, Uploaded, UploadSource } from './port.ts'
import { abortable } from './values.ts'

/** A bucket and who asks it. */
export interface S3Store {
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

const MOST_PARTS = 10_000

interface Upload {
  readonly key: string
  readonly source: UploadSource
}

/** Makes or replaces an object; the store refuses bytes with another MD5. @throws DATASET_REMOTE_… */
export async function uploadToS3(
  store: S3Store,
  what: Upload,
  options: TransferOptions,
): Promise<Uploaded> {
  try {
    return await (what.source.size <= PART_BYTES ? putWhole : putInParts)(store, what, options)
  } catch (error) {
    throw remoteFault(error, { ...store, key: what.key, signal: options.signal })
  }
}

// The store refuses bytes that do not have this MD5.
async function putWhole(
  { s3, client, bucket, nameOf, forWrites }: S3Store,
  { key, source }: Upload,
  options: TransferOptions,
): Promise<Uploaded> {
  const body = await readWhole(source, options)
  const made = await client.send(
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
  return told(made)
}

async function putInParts(
  store: S3Store,
  { key, source }: Upload,
  options: TransferOptions,
): Promise<Uploaded> {
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
    const whole = await client.send(
      new s3.CompleteMultipartUploadCommand({
        ...place,
        UploadId,
        MultipartUpload: { Parts: parts },
      }),
      abortable(options.signal),
    )
    return told(whole)
  } catch (error) {
    // What is left of it costs money and nothing else; the first fault is the one to tell.
    await client.send(new s3.AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => null)
    throw error
  }
}

/** As DVC writes it. */
export function unquoted(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', '')
}

interface Told {
  readonly ETag?: string | undefined
  readonly VersionId?: string | undefined
}

// What lies in a bucket without versions is the version "null".
export function told({ ETag, VersionId }: Told): Uploaded {
  return { etag: unquoted(ETag), version: VersionId === 'null' ? undefined : VersionId }
}
