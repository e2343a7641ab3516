import { createReadStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { datasetErrors } from '../errors.ts'
import { remoteFault } from './faults.ts'
import { type HttpClient, openHttpClient } from './http-client.ts'
import { PART_BYTES, readWhole, sendInParts } from './parts.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import type { RemoteSettings } from './settings.ts'

const REQUESTS_AT_ONCE = 16
/** Objects from this size are hashed first and then streamed, instead of being held. */
const HELD_BYTES = PART_BYTES

interface Server {
  readonly client: HttpClient
  readonly address: string
  readonly urlOf: (key: string) => URL
}

/** A plain HTTP server: objects at their keys, GET and HEAD; POST (or `method`) where it takes uploads. It cannot list. */
export async function openHttpRemote(settings: RemoteSettings): Promise<Remote> {
  const base = addressOf(settings)
  const client = await openHttpClient(settings)
  const urlOf = (key: string): URL =>
    new URL(base.href + key.split('/').map(encodeURIComponent).join('/'))
  const address = `${base.origin}${base.pathname}`.replace(/\/$/, '')
  const server: Server = { client, address, urlOf }
  return {
    name: settings.name,
    address,
    canList: false,
    jobs: REQUESTS_AT_ONCE,
    list: () => cannotList(address),
    head: (key, options) => head(server, key, options?.signal),
    upload: (key, source, options = {}) => upload(server, { key, source }, options),
    open: (key, options = {}) => read(server, key, options),
    delete: async (keys, options) => {
      for (const key of keys) await remove(server, key, options?.signal)
    },
    close: async () => client.close(),
  }
}

function addressOf({ name, url }: RemoteSettings): URL {
  if (!URL.canParse(url))
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: `"${url}" of remote "${name}" is no address; expected https://HOST/FOLDER`,
    })
  const base = new URL(url)
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/`
  base.hash = ''
  base.search = ''
  return base
}

// oxlint-disable-next-line require-yield -- the port says that a listing is iterated; here there is none
async function* cannotList(address: string): AsyncGenerator<readonly RemoteObject[]> {
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `${address}: an HTTP server cannot list what it holds`,
    next: 'Use a remote that can list (a folder, ssh://, s3://, gs://, azure://) for this command.',
  })
}

async function head(
  { client, address, urlOf }: Server,
  key: string,
  signal: AbortSignal | undefined,
): Promise<RemoteObject | null> {
  try {
    const answer = await client.send({ method: 'HEAD', url: urlOf(key), signal })
    answer.resume()
    if (answer.statusCode === 404 || answer.statusCode === 410) return null
    requireSuccess(answer)
    return { key, size: Number(answer.headers['content-length'] ?? 0) }
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

function requireSuccess(answer: IncomingMessage): void {
  const { statusCode: status = 0, statusMessage = '' } = answer
  if (status >= 200 && status < 300) return
  answer.resume()
  throw Object.assign(new Error(`it answered ${status} ${statusMessage}`.trim()), { status })
}

async function upload(
  { client, address, urlOf }: Server,
  { key, source }: { readonly key: string; readonly source: UploadSource },
  options: TransferOptions,
): Promise<void> {
  const { signal } = options
  try {
    const body =
      source.size <= HELD_BYTES
        ? await readWhole(source, options)
        : await streamChecked(source, options)
    const headers = {
      'content-length': source.size,
      'content-md5': Buffer.from(source.md5, 'hex').toString('base64'),
    }
    const method = client.uploadMethod
    const answer = await client.send({ method, url: urlOf(key), headers, body, signal })
    requireSuccess(answer)
    answer.resume()
    if (Buffer.isBuffer(body)) options.onBytes?.(body.length)
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

// A server cannot be told to forget what it has taken: so the file is hashed before its first byte leaves.
async function streamChecked(
  source: UploadSource,
  { signal, onBytes }: TransferOptions,
): Promise<AsyncIterable<Uint8Array>> {
  await sendInParts(source, async () => {}, { signal })
  return (async function* () {
    for await (const chunk of createReadStream(source.path, { highWaterMark: 1 << 20, signal })) {
      yield chunk as Buffer
      onBytes?.((chunk as Buffer).length)
    }
  })()
}

async function* read(
  { client, address, urlOf }: Server,
  key: string,
  { signal, onBytes }: TransferOptions,
): AsyncGenerator<Uint8Array> {
  try {
    const answer = await client.send({ method: 'GET', url: urlOf(key), signal })
    if (answer.statusCode === 404 || answer.statusCode === 410) {
      answer.resume()
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}` })
    }
    requireSuccess(answer)
    for await (const chunk of answer) {
      onBytes?.((chunk as Buffer).length)
      yield chunk as Buffer
    }
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

async function remove(
  { client, address, urlOf }: Server,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const answer = await client.send({ method: 'DELETE', url: urlOf(key), signal })
    if (answer.statusCode !== 404 && answer.statusCode !== 410) requireSuccess(answer)
    answer.resume()
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}
