import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { http, throughProxies } from '../../../base/http-library.ts'
import { datasetErrors } from '../errors.ts'
import { trustedCertificates } from './certificates.ts'
import type { RemoteSettings } from './settings.ts'
import { type RemoteValues, valuesOf } from './values.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal | undefined
}

export interface HttpClient {
  readonly uploadMethod: string
  /**
   * The answer, its body not read yet, with the address that gave it as its `url`. Redirects are followed; a secret goes to
   * the first host only.
   */
  readonly send: (request: HttpRequest) => Promise<IncomingMessage>
  readonly close: () => void
}

const MOST_REDIRECTS = 5
const DEFAULT_TIMEOUT_S = 60

/** HTTP as DVC's settings describe it: who asks, which certificates count, how long an answer may take. */
export async function openHttpClient(settings: RemoteSettings): Promise<HttpClient> {
  const values = valuesOf(settings)
  const shared = { keepAlive: true, ...throughProxies() }
  const secure = new HttpsAgent({ ...shared, ...(await trustedCertificates(values)) })
  const plain = new http.Agent(shared)
  const secret = authorization(values, settings.name)
  const silentMs = (values.number('read_timeout') ?? DEFAULT_TIMEOUT_S) * 1000
  const connectMs = (values.number('connect_timeout') ?? DEFAULT_TIMEOUT_S) * 1000
  const once = (request: HttpRequest, headers: Readonly<Record<string, string | number>>) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url, signal, body } = request
      const https = url.protocol === 'https:'
      const options = { method, headers, signal, agent: https ? secure : plain, timeout: silentMs }
      const sent = (https ? httpsRequest : http.request)(url, options, resolve)
      sent.once('error', reject)
      sent.once('socket', (socket) => giveUpConnecting(socket, connectMs))
      sent.once('timeout', () =>
        sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      )
      if (body === undefined || Buffer.isBuffer(body)) sent.end(body)
      else void pour(body, sent).catch((error: unknown) => sent.destroy(error as Error))
    })
  return {
    uploadMethod: values.text('method')?.toUpperCase() ?? 'POST',
    send: async (request) => {
      const own = request.url.origin
      let next = request
      for (let count = 0; ; count++) {
        const headers = { ...next.headers, ...(next.url.origin === own ? secret : {}) }
        const answer = await once(next, headers)
        const target = redirected(next, answer)
        if (target === null || count === MOST_REDIRECTS)
          return Object.assign(answer, { url: next.url.href })
        answer.resume()
        next = { ...next, url: target }
      }
    },
    close: () => {
      secure.destroy()
      plain.destroy()
    },
  }
}

// Until then no silence is counted: the socket is idle only once it is connected.
function giveUpConnecting(socket: Socket, connectMs: number): void {
  if (!socket.connecting) return
  const late = (): void =>
    void socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }))
  const timer = setTimeout(late, connectMs)
  for (const ended of ['connect', 'close']) socket.once(ended, () => clearTimeout(timer))
}

async function pour(body: AsyncIterable<Uint8Array>, sent: ReturnType<typeof http.request>) {
  for await (const chunk of body)
    if (!sent.write(chunk)) await new Promise((resolve) => sent.once('drain', resolve))
  sent.end()
}

// Only what can be asked again: a body that was streamed is gone.
function redirected({ url, body }: HttpRequest, answer: IncomingMessage): URL | null {
  const { statusCode = 0, headers } = answer
  const streamed = body !== undefined && !Buffer.isBuffer(body)
  if (![301, 302, 303, 307, 308].includes(statusCode) || streamed) return null
  return headers.location === undefined ? null : new URL(headers.location, url)
}

function authorization(values: RemoteValues, name: string): Readonly<Record<string, string>> {
  const kind = values.text('auth')?.toLowerCase()
  if (kind === undefined) return {}
  const user = values.text('user')
  const password = values.text('password')
  const header = values.text('custom_auth_header')
  if (kind === 'basic' && user !== undefined && password !== undefined)
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  if (kind === 'custom' && header !== undefined && password !== undefined)
    return { [header]: password }
  throw datasetErrors.DATASET_FILE_INVALID({
    detail: `remote "${name}" says auth = ${kind}; expected basic with user and password, or custom with custom_auth_header and password`,
    path: `remote.${name}.auth`,
    next: `Set what is missing with \`ratchet remote modify --local ${name} password …\`.`,
  })
}
