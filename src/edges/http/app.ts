import { isUtf8 } from 'node:buffer'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { httpErrors } from './errors.ts'
import { sendProblem, toRatchetError } from './problem.ts'
import { createSlowBodies } from './slow-bodies.ts'

export interface AppOptions {
  /** Told of each failure that is our fault. */
  readonly onFault: (
    error: unknown,
    request: { readonly method: string; readonly url: string },
  ) => void
  /** How long a body that drips is waited for; five minutes when left out. */
  readonly bodyTimeoutMs?: number | undefined
}

const BODY_LIMIT = 64 * 1024 * 1024
const NOT_UTF8 = 'the body is not UTF-8'

/** The HTTP server of the control plane, before any route: limits, errors, and what a browser may do. */
export function createApp({ onFault, bodyTimeoutMs }: AppOptions): FastifyInstance {
  const slowBodies = createSlowBodies(bodyTimeoutMs)
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    ...slowBodies.serverOptions,
    clientErrorHandler: slowBodies.clientErrorHandler,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    // Addresses that clients put together from one with a slash at its end. Further in, two slashes mean something.
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/{2,}/, '/'),
    forceCloseConnections: true,
    // Requests are parsed by zod: Fastify's own compilers are a hundred files that nobody would call.
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    // What is no address at all has no route whose error handler would answer.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, toRatchetError(error)),
  })
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET') slowBodies.begun(reply.raw)
    if (!isCrossSite(request)) return done()
    done(httpErrors.CROSS_SITE({ detail: request.headers.origin ?? '' }))
  })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Read anyway, it would be stored as something else than was sent.
    if (!isUtf8(body as Buffer)) return done(httpErrors.REQUEST_INVALID({ detail: NOT_UTF8 }))
    void parseJson(request, body.toString(), done)
  })
  // Called back and not awaited: what is sent a turn later is first watched until it is sent.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.header('x-content-type-options', 'nosniff')
    void reply.header('x-frame-options', 'SAMEORIGIN')
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = toRatchetError(error)
    if (problem.status >= 500) onFault(error, { method: request.method, url: request.url })
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, httpErrors.ROUTE_NOT_FOUND({ detail: `${request.method} ${request.url}` })),
  )
  return app
}

function unused(): never {
  throw new Error('Routes have no schemas of Fastify.')
}

/**
 * A page elsewhere can make a browser send requests to loopback, and a name that is made to point here can make
 * them look like ours. Both carry an origin or a host that is not ours; programs carry none.
 */
function isCrossSite({ method, url, headers }: FastifyRequest): boolean {
  // Whoever watches a service asks by its address; these two tell nothing.
  if (url === '/health' || url === '/version') return false
  if (!isOurHost(headers.host ?? '')) return true
  if (method === 'GET' || method === 'HEAD' || headers.origin === undefined) return false
  return !isLocal(hostOf(headers.origin))
}

/** As nearly all clients write it: reading it as an address each time would cost as much as finding the route. */
const USUAL_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/

function isOurHost(host: string): boolean {
  return USUAL_HOST.test(host) || isLocal(hostOf(`http://${host}`))
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? ''
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
