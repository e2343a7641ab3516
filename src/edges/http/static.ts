import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { httpErrors } from './errors.ts'

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"

const MISSING = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Ratchet</title>
<style>body{font:16px/1.5 system-ui;margin:4rem auto;max-width:36rem;padding:0 1rem}</style>
<h1>Ratchet is running, without its page.</h1>
<p>The page has not been built in this checkout. Build it once with</p>
<pre>npm run build:web</pre>
<p>and load this address again. The API answers meanwhile: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</html>
`

/** The page: files of the build, and its entry for every address of its own. */
export async function registerStatic(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    serve: false,
    // A missing folder is a checkout before its first build, which gets a page of its own.
    suppressWarning: true,
    setHeaders: (reply) => {
      void reply.header('content-security-policy', POLICY)
      void reply.header('referrer-policy', 'no-referrer')
    },
  })
  app.get('/', (request, reply) => sendPage(webRoot, request, reply))
  app.get('/*', (request, reply) => sendPage(webRoot, request, reply))
}

async function sendPage(
  webRoot: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = request.url.split('?')[0] ?? '/'
  const file = decode(path)
  if (file !== null && file !== '' && isFile(webRoot, file))
    return reply.sendFile(file, cacheOf(file))
  if (!isPage(path, request.headers.accept)) throw unknown(request)
  if (!existsSync(join(webRoot, 'index.html')))
    return reply.header('content-security-policy', POLICY).type('text/html').send(MISSING)
  return reply.sendFile('index.html', { maxAge: 0, cacheControl: true })
}

function unknown({ method, url }: FastifyRequest): Error {
  return httpErrors.ROUTE_NOT_FOUND({ detail: `${method} ${url}` })
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path).slice(1)
  } catch {
    return null
  }
}

// A last part with a dot is a file of the build; everything else is an address of the page. @fastify/static keeps out "..".
function isFile(webRoot: string, file: string): boolean {
  return /\.[a-z0-9]+$/i.test(file) && !file.includes('..') && existsSync(join(webRoot, file))
}

/** Addresses of the page are asked for by a browser that wants HTML; an API or a lost asset is not answered with HTML. */
function isPage(path: string, accept: string | undefined): boolean {
  if (path.startsWith('/api/') || path.startsWith('/assets/')) return false
  return path === '/' || accept?.includes('text/html') === true
}

// Names under assets/ hold a hash of their content, so they never change.
function cacheOf(file: string) {
  return file.startsWith('assets/')
    ? { maxAge: 365 * 24 * 3600 * 1000, immutable: true }
    : { maxAge: 0 }
}
