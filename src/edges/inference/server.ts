import type { IncomingMessage, Server } from 'node:http'
import { http } from '../../base/http-library.ts'
import { servingErrors } from '../../capabilities/serving/index.ts'
import { errorReply, json, send, type Reply } from './exchange.ts'
import { feedback } from './feedback.ts'
import type { GatewayApp, Handler } from './gateway-app.ts'
import { modelV1, predictV1 } from './kserve-v1.ts'
import { infer, listModels, live, model, noRoute, ready, serverMetadata } from './oip.ts'

const MOST_IN_FLIGHT = 2000

/**
 * The data plane's HTTP server, not yet listening. On `node:http` without a framework: there are a dozen routes,
 * and the share of routing and hooks in a request of 100 microseconds would be felt.
 */
export function createInferenceServer(app: GatewayApp): Server {
  let inFlight = 0
  const server = http.createServer({
    keepAliveTimeout: 65_000,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16 * 1024,
  })
  server.on('request', (request, response) => {
    inFlight += 1
    void answer(app, request, inFlight).then((reply) => {
      inFlight -= 1
      // What is left of a refused body would be taken for the next request; a server that stops takes no next.
      const last = !request.complete || !server.listening
      const headers = last ? { ...reply.headers, connection: 'close' } : reply.headers
      send(response, headers === undefined ? reply : { ...reply, headers })
    })
  })
  return server
}

async function answer(app: GatewayApp, request: IncomingMessage, inFlight: number): Promise<Reply> {
  try {
    if (inFlight > MOST_IN_FLIGHT)
      throw servingErrors.SERVING_OVERLOADED({ detail: `${inFlight} requests are waiting` })
    const segments = parsePath(request.url ?? '/')
    const handlers = route(segments)
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
    const handler = method === 'GET' ? handlers.get : method === 'POST' ? handlers.post : undefined
    if (handler === undefined) return notAllowed(handlers, method)
    return await handler(app, request, segments)
  } catch (error) {
    return errorReply(error)
  }
}

interface Handlers {
  readonly get?: Handler
  readonly post?: Handler
}

const FIXED: ReadonlyMap<string, Handlers> = new Map<string, Handlers>([
  ['', { get: live }],
  ['health', { get: live }],
  ['ready', { get: ready }],
  ['version', { get: ({ version }) => json({ version }) }],
  [
    'metrics',
    {
      get: async ({ metrics }) => ({
        status: 200,
        body: await metrics.render(),
        type: metrics.type,
      }),
    },
  ],
  ['feedback', { post: feedback }],
  ['v2', { get: serverMetadata }],
  ['v2/health/live', { get: live }],
  ['v2/health/ready', { get: ready }],
  ['v2/models', { get: listModels }],
  ['v1/models', { get: listModels }],
])

function route(segments: readonly string[]): Handlers {
  const fixed = segments.length <= 3 ? FIXED.get(segments.join('/')) : undefined
  if (fixed !== undefined) return fixed
  const [first, second] = segments
  if (second === 'models' && first === 'v2')
    return segments.at(-1) === 'infer' ? { post: infer } : { get: model }
  if (second === 'models' && first === 'v1')
    return segments.at(-1)?.endsWith(':predict') ? { post: predictV1 } : { get: modelV1 }
  throw noRoute(segments)
}

function notAllowed(handlers: Handlers, method: string): Reply {
  const allow = handlers.get === undefined ? 'POST' : 'GET'
  const error = servingErrors.SERVING_METHOD_NOT_ALLOWED({ detail: `${method} is not ${allow}` })
  return { ...errorReply(error), headers: { allow } }
}

function parsePath(url: string): readonly string[] {
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    throw servingErrors.SERVING_REQUEST_INVALID({ detail: 'the path is not percent-encoded UTF-8' })
  }
}
