import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request as open, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import { createApp } from '../../src/edges/http/app.ts'
import { resolveConfig } from '../../src/main/config.ts'
import { openPlatform } from '../../src/main/platform.ts'
import { registerRoutes } from '../../src/main/routes.ts'

export const JSON_TYPE = { 'content-type': 'application/json' }
export const API = '/api/2.0/mlflow'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- any JSON
}

type Sent = Pick<RequestOptions, 'headers'> & { readonly content?: string | Uint8Array }

export type Attacked = Awaited<ReturnType<typeof openAttacked>>

/** The control plane with every route that it has, and one run, one logged model and one version in it. */
export async function openAttacked({ bodyTimeoutMs }: { readonly bodyTimeoutMs?: number } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-attacked-'))
  const folder = join(root, '.ratchet')
  mkdirSync(join(folder, 'artifacts'), { recursive: true })
  for (const place of [root, folder]) writeFileSync(join(place, 'secret'), 'the secret')
  writeFileSync(join(root, 'ratchet.yaml'), 'project: attacked\n')
  const faults: unknown[] = []
  const platform = await openPlatform(resolveConfig({}, root, {}), logInto(faults))
  const routes: { readonly method: string; readonly url: string }[] = []
  const app = createApp({
    onFault: (error, { method, url }) => faults.push({ method, url, error }),
    bodyTimeoutMs,
  })
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url })
  })
  await registerRoutes(app, platform)
  await app.listen({ host: '127.0.0.1', port: 0 })
  await platform.start()
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const send = (method: string, path: string, more: Sent = {}) => sendTo(port, method, path, more)
  const post = (path: string, body: unknown) =>
    send('POST', `${API}${path}`, { headers: JSON_TYPE, content: JSON.stringify(body) })
  const run = (await post('/runs/create', { experiment_id: '0' })).body['run']
  const model = (await post('/logged-models', { experiment_id: '0' })).body['model']
  const modelId = model.info.model_id as string
  await post('/registered-models/create', { name: 'attacked' })
  await post('/model-versions/create', { name: 'attacked', source: `models:/${modelId}` })
  return {
    /** Holds `artifacts` and, beside it, a file that nobody may read. */
    folder,
    port,
    routes,
    runId: run.info.run_id as string,
    modelId,
    send,
    post,
    get: (path: string) => send('GET', `${API}${path}`),
    /** Gives what went wrong on our side. */
    close: async () => {
      await app.close()
      await platform.stop()
      rmSync(root, { recursive: true, force: true, maxRetries: 10 })
      return faults
    },
  }
}

/** What is logged as an error is a fault of ours. */
function logInto(faults: unknown[]) {
  const lines = new Writable({
    write: (line: Buffer, _encoding, done) => {
      faults.push(JSON.parse(line.toString('utf8')))
      done()
    },
  })
  return pino({ level: 'error' }, lines)
}

/** Sends the path as it is: `fetch` would tidy it. */
function sendTo(port: number, method: string, path: string, more: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { content } = more
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }
    const headers = { ...more.headers, ...length }
    const asked = open({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const parts: Buffer[] = []
      // A stream of events has no end: its head is the answer.
      if (response.headers['content-type']?.startsWith('text/event-stream') === true)
        response.destroy()
      response.on('close', () => resolve(answerOf(response, parts)))
      response.on('error', () => {})
      response.on('data', (part: Buffer) => parts.push(part))
    })
    asked.on('error', reject)
    asked.end(content)
  })
}

function answerOf({ statusCode = 0 }: IncomingMessage, parts: readonly Buffer[]): Answer {
  const text = Buffer.concat(parts).toString('utf8')
  return { status: statusCode, text, body: parsed(text) }
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body']
  } catch {
    return {}
  }
}
