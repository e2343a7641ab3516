import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { errorMessage } from '../../../base/errors.ts'
import { md5 as md5Of } from '../../../base/hash.ts'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'
import type { YamlMap } from '../yaml-values.ts'

/** What DVC records of a file on a web server: its ETag or Content-MD5, else a number made of what the server says. */
export async function httpEntry(url: string): Promise<YamlMap> {
  const answer = await ask(url, 'HEAD')
  await answer.body?.cancel()
  const size = sizeOf(answer)
  const told = answer.headers.get('etag') ?? answer.headers.get('content-md5')
  const entry = new Map<string, string | number>([['checksum', told ?? tokenOf(url, answer)]])
  if (size !== null) entry.set('size', size)
  return entry.set('hash', 'md5').set('path', url)
}

export async function downloadHttp(url: string, target: string): Promise<void> {
  const answer = await ask(url, 'GET')
  mkdirSync(dirname(target), { recursive: true })
  const body = answer.body === null ? [] : (answer.body as unknown as ReadableStream)
  try {
    await pipeline(Readable.from(body), createWriteStream(target))
  } catch (error) {
    // Of the disk, not of the server.
    if ((error as { syscall?: string }).syscall !== undefined) throw storageError(error)
    throw datasetErrors.DATASET_REMOTE_UNREACHABLE({
      detail: `${url} ended before its end: ${errorMessage(error)}`,
    })
  }
}

async function ask(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, { method, headers: { 'accept-encoding': 'identity' } })
  } catch (error) {
    throw datasetErrors.DATASET_REMOTE_UNREACHABLE({ detail: `${url}: ${errorMessage(error)}` })
  }
  if (answer.ok) return answer
  await answer.body?.cancel()
  if (answer.status === 404)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `${url} answers 404`, path: url })
  throw datasetErrors.DATASET_REMOTE_UNREACHABLE({ detail: `${url} answers ${answer.status}` })
}

function sizeOf({ headers }: Response): number | null {
  const encoding = headers.get('content-encoding') ?? ''
  const length = headers.get('content-length')
  return length === null || !['', 'identity'].includes(encoding) ? null : Number(length)
}

// fsspec's `checksum`: the MD5, as a number, of how Python prints what the server said of the file.
function tokenOf(url: string, answer: Response): string {
  const { headers } = answer
  const size = sizeOf(answer)
  const said: (readonly [string, string | number | false])[] = []
  const type = headers.get('content-type')
  if (type !== null) said.push(['mimetype', type.split(';')[0] ?? ''])
  if (headers.get('accept-ranges') === 'none') said.push(['partial', false])
  said.push(['url', answer.url])
  for (const name of ['Digest', 'Last-Modified']) {
    const value = headers.get(name)
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
