import { mkdirSync, writeFileSync } from 'node:fs'
import { request as open, type RequestOptions } from 'node:http'
import { join } from 'node:path'
import { createApp } from '../../src/edges/http/app.ts'
import { mlflowProbes, mlflowRoutes } from '../../src/edges/mlflow/index.ts'
import { openMlflowWorld } from '../../src/edges/mlflow/world.testing.ts'

export const JSON_TYPE = { 'content-type': 'application/json' }
export const API = '/api/2.0/mlflow'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- any JSON
}

type Sent = Pick<RequestOptions, 'headers'> & { readonly content?: string | Uint8Array }

export type Attacked = Awaited<ReturnType<typeof openAttacked>>

/** MLflow's protocol as the control plane serves it, with one run, one logged model and one version in it. */
export async function openAttacked() {
  const world = await openMlflowWorld()
  const faults: unknown[] = []
  const routes: { readonly method: string; readonly url: string }[] = []
  const app = createApp({ onFault: (error) => faults.push(error) })
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url })
  })
  // As main registers them: a scope that the probes share.
  await app.register(async (scope) => {
    mlflowRoutes(scope, { ...world, onFault: (error) => faults.push(error) })
    mlflowProbes(scope)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
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
  mkdirSync(join(world.folder, 'artifacts'), { recursive: true })
  writeFileSync(join(world.folder, 'secret'), 'the secret')
  return {
    folder: world.folder,
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
      await world.close()
      return faults
    },
  }
}

/** Sends the path as it is: `fetch` would tidy it. */
function sendTo(port: number, method: string, path: string, more: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { content } = more
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }
    const headers = { ...more.headers, ...length }
    const asked = open({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode ?? 0, text, body: parsed(text) })
      })
    })
    asked.on('error', reject)
    asked.end(content)
  })
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body']
  } catch {
    return {}
  }
}
