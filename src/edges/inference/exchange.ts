import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorMessage, RatchetError } from '../../base/errors.ts'
import { servingErrors } from '../../capabilities/serving/index.ts'

export interface Reply {
  readonly status: number
  readonly body: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string | number>>
}

export const MAX_BODY_BYTES = 16 * 1024 * 1024

export function json(value: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(value) }
}

export function send(response: ServerResponse, { status, body, type, headers }: Reply): void {
  if (response.destroyed) return
  response.writeHead(status, {
    'content-type': type ?? 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

/**
 * One form for every protocol: `error` is what the Open Inference Protocol asks for, the rest is our
 * problem document. Anything unexpected says no more than that it was our fault.
 */
export function errorReply(error: unknown): Reply {
  if (!(error instanceof RatchetError))
    return json(
      { error: 'internal error', code: 'INTERNAL', status: 500, title: 'Our fault.' },
      500,
    )
  const { code, status, title, detail, path, next } = error
  const text = path === undefined || path === '' ? detail : `${path}: ${detail}`
  const reply = json({ error: `${title} ${text}`, code, status, title, detail, path, next }, status)
  return status === 503 ? { ...reply, headers: { 'retry-after': 1 } } : reply
}

/** Throws SERVING_MEDIA_TYPE or SERVING_BINARY_UNSUPPORTED for a body that is not plain JSON. */
export function requireJson({ headers }: IncomingMessage): void {
  if (headers['inference-header-content-length'] !== undefined)
    throw servingErrors.SERVING_BINARY_UNSUPPORTED({ detail: 'the header announces raw tensors' })
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw servingErrors.SERVING_MEDIA_TYPE({ detail: `content-encoding ${shown(encoding)}` })
  const type = headers['content-type'] ?? 'application/json'
  if (!/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(type))
    throw servingErrors.SERVING_MEDIA_TYPE({ detail: `content-type ${shown(type)}` })
}

function shown(header: string): string {
  return JSON.stringify(header.slice(0, 100))
}

/** The whole body. Throws SERVING_TOO_LARGE as soon as it is known to be over the limit. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    servingErrors.SERVING_TOO_LARGE({ detail: `a body may have ${MAX_BODY_BYTES} bytes` })
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return reject(tooLarge())
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) {
        chunks.length = 0
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    )
    request.on('error', (error) =>
      reject(servingErrors.SERVING_REQUEST_INVALID({ detail: errorMessage(error) })),
    )
  })
}
