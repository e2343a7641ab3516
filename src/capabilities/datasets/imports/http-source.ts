import { createWriteStream, mkdirSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errorMessage } from '../../../base/errors.ts'
import { md5 as md5Of } from '../../../base/hash.ts'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'
import { type HttpClient, openHttpClient } from '../remotes/http-client.ts'
import type { YamlMap } from '../yaml-values.ts'

/** What DVC records of a file on a web server: its ETag or Content-MD5, else a number made of what the server says. */
export function httpEntry(url: string): Promise<YamlMap> {
  return asking(url, 'HEAD', async (answer) => {
    answer.resume()
    const size = sizeOf(answer)
    const told = answer.headers.etag ?? textOf(answer, 'content-md5')
    const entry = new Map<string, string | number>([['checksum', told ?? tokenOf(url, answer)]])
    if (size !== null) entry.set('size', size)
    return entry.set('hash', 'md5').set('path', url)
  })
}

export function downloadHttp(url: string, target: string): Promise<void> {
  return asking(url, 'GET', async (answer) => {
    mkdirSync(dirname(target), { recursive: true })
    try {
      await pipeline(answer, createWriteStream(target))
    } catch (error) {
      // Of the disk, not of the server.
      if (isOfDisk(error)) throw storageError(error)
      throw datasetErrors.DATASET_REMOTE_UNREACHABLE({
        detail: `${url} ended before its end: ${errorMessage(error)}`,
      })
    }
  })
}

function isOfDisk(error: unknown): boolean {
  return !/^E(CONN|PIPE|TIMEDOUT)|PREMATURE_CLOSE/.test(String((error as { code?: string }).code))
}

async function asking<T>(
  url: string,
  method: 'GET' | 'HEAD',
  use: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  const client = await openHttpClient({ name: url, url, values: new Map() })
  try {
    return await use(await ask(client, { url: new URL(url), method }))
  } finally {
    client.close()
  }
}

async function ask(
  client: HttpClient,
  { url, method }: { readonly url: URL; readonly method: string },
): Promise<IncomingMessage> {
  const headers = { 'accept-encoding': 'identity' }
  const answer = await client.send({ method, url, headers }).catch((error: unknown) => {
    throw datasetErrors.DATASET_REMOTE_UNREACHABLE({
      detail: `${url.href}: ${errorMessage(error)}`,
      cause: error,
    })
  })
  const { statusCode: status = 0 } = answer
  if (status >= 200 && status < 300) return answer
  answer.resume()
  if (status === 404)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `${url.href} answers 404`, path: url.href })
  throw datasetErrors.DATASET_REMOTE_UNREACHABLE({ detail: `${url.href} answers ${status}` })
}

function textOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

function sizeOf(answer: IncomingMessage): number | null {
  const encoding = textOf(answer, 'content-encoding') ?? ''
  const length = textOf(answer, 'content-length')
  return length === null || !['', 'identity'].includes(encoding) ? null : Number(length)
}

// fsspec's `checksum`: the MD5, as a number, of how Python prints what the server said of the file.
function tokenOf(url: string, answer: IncomingMessage): string {
  const size = sizeOf(answer)
  const said: (readonly [string, string | number | false])[] = []
  const type = textOf(answer, 'content-type')
  if (type !== null) said.push(['mimetype', type.split(';')[0] ?? ''])
  if (textOf(answer, 'accept-ranges') === 'none') said.push(['partial', false])
  said.push(['url', answer.url ?? url])
  for (const name of ['Digest', 'Last-Modified']) {
    const value = textOf(answer, name.toLowerCase())
    if (value !== null && value !== '') said.push([name, value])
  }
  const items = [
    ['name', url] as const,
    ['size', size] as const,
    ...said,
    ['type', 'file'] as const,
  ]
  const text = items.map(([key, value]) => `'${key}': ${pythonText(value)}`).join(', ')
  return String(BigInt(`0x${md5Of(Buffer.from(`({${text}},)`))}`))
}

function pythonText(value: string | number | false | null): string {
  if (value === null) return 'None'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  return value.includes("'") && !value.includes('"')
    ? `"${value}"`
    : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
