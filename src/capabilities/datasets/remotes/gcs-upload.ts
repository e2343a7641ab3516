import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { RatchetError } from '../../../base/errors.ts'
import { datasetErrors } from '../errors.ts'
import { statusOf } from './faults.ts'
import { documentOf, type GcsClient } from './gcs-client.ts'
import { whileHolding } from './memory.ts'
import { PART_BYTES, readWhole, sendInParts } from './parts.ts'
import type { TransferOptions, Uploaded, UploadSource } from './port.ts'

const CHUNK_ATTEMPTS = 3

export interface GcsUpload {
  /** Of the object in the bucket. */
  readonly name: string
  readonly source: UploadSource
}

/** The service makes an object of what it got only when it has the MD5 that was said. */
export async function uploadToGcs(
  client: GcsClient,
  upload: GcsUpload,
  options: TransferOptions,
): Promise<Uploaded> {
  const { name, source } = upload
  const metadata = { name, md5Hash: Buffer.from(source.md5, 'hex').toString('base64') }
  const made =
    source.size <= PART_BYTES
      ? await sendWhole(client, { metadata, source }, options)
      : await sendInChunks(client, { metadata, source }, options)
  const { md5Hash = metadata.md5Hash, etag, generation } = made
  if (md5Hash === metadata.md5Hash)
    return { etag: etagOf(textOf(etag)), version: textOf(generation) }
  throw datasetErrors.DATASET_REMOTE_CORRUPT({
    detail: `${name} arrived with MD5 ${String(md5Hash)}; expected ${metadata.md5Hash}`,
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** As DVC writes it. */
export function etagOf(etag: string | undefined): string | undefined {
  return etag === undefined ? undefined : Buffer.from(etag, 'base64').toString('hex')
}

interface Sending {
  readonly metadata: { readonly name: string; readonly md5Hash: string }
  readonly source: UploadSource
}

async function sendWhole(
  client: GcsClient,
  { metadata, source }: Sending,
  options: TransferOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readWhole(source, options)
  const boundary = randomBytes(16).toString('hex')
  const part = (kind: string): string => `--${boundary}\r\ncontent-type: ${kind}\r\n\r\n`
  const body = Buffer.concat([
    Buffer.from(`${part('application/json')}${JSON.stringify(metadata)}\r\n`),
    Buffer.from(part('application/octet-stream')),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  const answer = await client.ask({
    method: 'POST',
    url: client.uploadUrl('multipart'),
    headers: {
      'content-type': `multipart/related; boundary=${boundary}`,
      'content-length': body.length,
    },
    body,
    signal: options.signal,
  })
  options.onBytes?.(bytes.length)
  return documentOf(answer)
}

// Its chunks come in order and the last makes the object, so the whole is read before to see that it is right.
async function sendInChunks(
  client: GcsClient,
  { metadata, source }: Sending,
  options: TransferOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { signal, onBytes } = options
  await sendInParts(source, async () => {}, { signal })
  const session = await beginSession(client, { metadata, source }, options)
  const handle = await open(source.path)
  let offset = 0
  try {
    for (let attempt = 1; ;) {
      const start = offset
      const length = Math.min(PART_BYTES, source.size - start)
      try {
        const { next, made } = await whileHolding(length, async () => {
          const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start)
          return putChunk(client, session, { start, bytes: buffer, size: source.size, signal })
        })
        onBytes?.(Math.max(0, next - start))
        if (made !== null) return made
        offset = next
        attempt = 1
      } catch (error) {
        if (!isUnreachable(error) || attempt++ === CHUNK_ATTEMPTS) throw error
        const { next, made } = await putChunk(client, session, { size: source.size, signal })
        if (made !== null) return made
        offset = next
      }
    }
  } catch (error) {
    // What is left of it costs nothing, and is forgotten within a week; the first fault is the one to tell.
    await client.ask({ method: 'DELETE', url: session, attempts: 1 }).catch(() => null)
    throw error
  } finally {
    await handle.close()
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof RatchetError && error.code === 'DATASET_REMOTE_UNREACHABLE'
}

async function beginSession(
  client: GcsClient,
  { metadata, source }: Sending,
  { signal }: TransferOptions,
): Promise<URL> {
  const body = Buffer.from(JSON.stringify(metadata))
  const url = client.uploadUrl('resumable')
  url.searchParams.set('name', metadata.name)
  const answer = await client.ask({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-upload-content-length': source.size,
    },
    body,
    signal,
  })
  answer.resume()
  return new URL(answer.headers.location ?? '', url)
}

interface Chunk {
  readonly start?: number
  /** Without bytes it is asked how far the upload is. */
  readonly bytes?: Buffer
  readonly size: number
  readonly signal: AbortSignal | undefined
}

async function putChunk(
  client: GcsClient,
  session: URL,
  { start = 0, bytes = Buffer.alloc(0), size, signal }: Chunk,
) {
  // Without bytes and without a size it is only asked, and nothing is made of what has come.
  const range = bytes.length === 0 ? '*/*' : `${start}-${start + bytes.length - 1}/${size}`
  const answer = await client
    .ask({
      method: 'PUT',
      url: session,
      headers: { 'content-range': `bytes ${range}`, 'content-length': bytes.length },
      body: bytes,
      signal,
      attempts: 1,
    })
    .catch((error: unknown) => {
      throw statusOf(error) === 404 ? sessionGone() : error
    })
  if (answer.statusCode !== 308) return { next: size, made: await documentOf(answer) }
  answer.resume()
  const arrived = /^bytes=0-(\d+)$/.exec(answer.headers.range ?? '')?.[1]
  return { next: arrived === undefined ? 0 : Number(arrived) + 1, made: null }
}

// The service may forget an upload; all of it is sent again then.
function sessionGone() {
  return datasetErrors.DATASET_REMOTE_UNREACHABLE({
    detail: 'the service has forgotten an upload that was under way',
  })
}
