import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { http } from '../../base/http-library.ts'
import { parseJson } from '../../base/json.ts'
import type { DrainSpool, GatewayState, SpoolCursor } from '../../capabilities/serving/index.ts'
import { errorReply, json, send, type Reply } from './exchange.ts'

/** What the control plane may ask of the gateway over `run/gateway.sock`. */
export interface InternalApp {
  /** `POST /internal/flush`: all that was answered before is on the disk, with its shadows. */
  flush(): Promise<SpoolCursor & { readonly epoch: number }>
  /** `POST /internal/reload`: the routes file as it is now answers. */
  reload(): Promise<void>
  /** `GET /internal/state`, and the answer to reload. */
  state(): GatewayState
}

/** Listens on the socket, in place of one that a dead gateway left behind. */
export async function listenInternal(app: InternalApp, socketPath: string): Promise<Server> {
  rmSync(socketPath, { force: true })
  const server = http.createServer((request, response) => {
    request.resume()
    void answer(app, `${request.method} ${request.url}`).then((reply) => send(response, reply))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  return server
}

async function answer(app: InternalApp, call: string): Promise<Reply> {
  try {
    switch (call) {
      case 'POST /internal/flush':
        return json(await app.flush())
      case 'POST /internal/reload':
        await app.reload()
        return json(app.state())
      case 'GET /internal/state':
        return json(app.state())
      default:
        return json({ error: 'no such call' }, 404)
    }
  } catch (error) {
    return errorReply(error)
  }
}

/** Asks the control plane to take the spool in. `null` when it does not answer within the time. */
export function drainThrough(socketPath: string, timeoutMs: number): DrainSpool {
  return async (feedbackIds) => {
    const found = await callSocket(socketPath, {
      method: 'POST',
      path: '/internal/drain',
      body: { feedback_ids: feedbackIds },
      timeoutMs,
    })
    return (found as { feedback?: Awaited<ReturnType<DrainSpool>> } | null)?.feedback ?? null
  }
}

export interface SocketCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
}

// One connection for many calls; a peer that was restarted is connected to anew.
const agent = new http.Agent({ keepAlive: true })

/** JSON over a Unix socket; `null` when nobody answers well within the time. */
export function callSocket(socketPath: string, call: SocketCall): Promise<unknown> {
  const { method, path, body, timeoutMs } = call
  return new Promise((resolve) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const request = http.request({
      agent,
      socketPath,
      method,
      path,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      signal: AbortSignal.timeout(timeoutMs),
    })
    request.on('error', () => resolve(null))
    request.on('response', (response) => {
      let answered = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (answered += chunk))
      response.on('error', () => resolve(null))
      response.on('end', () =>
        resolve(response.statusCode === 200 ? (parseJson(answered) ?? null) : null),
      )
    })
    request.end(text)
  })
}
