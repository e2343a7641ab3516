import { request } from 'node:http'
import { type JsonObject, parseJson } from '../base/json.ts'

export interface DataPlaneClient {
  /** Waits until shadow answers and records are written and the newest routes answer. False while it is away. */
  readonly flush: () => Promise<boolean>
  /** Has it look at the routes now. It polls, so nothing is lost when this does not arrive. */
  readonly reload: () => Promise<boolean>
}

const FLUSH_MS = 10_000
const RELOAD_MS = 10_000

/** The control plane's side of the data plane's own socket. */
export function createDataPlaneClient(socketPath: string): DataPlaneClient {
  return {
    flush: async () => (await post(socketPath, '/internal/flush', FLUSH_MS)) !== null,
    reload: async () => (await post(socketPath, '/internal/reload', RELOAD_MS)) !== null,
  }
}

function post(socketPath: string, path: string, timeout: number): Promise<JsonObject | null> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path, method: 'POST', timeout }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', () => resolve(null))
      response.on('end', () => {
        const body = (parseJson(Buffer.concat(parts).toString('utf8')) ?? {}) as JsonObject
        resolve(response.statusCode === 200 ? body : null)
      })
    })
    // Not there, or not in time: the files between the planes say all that this would.
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(null))
    call.end()
  })
}
