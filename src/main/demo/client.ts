import { execFile } from 'node:child_process'
import { Agent, request } from 'node:http'
import { promisify } from 'node:util'
import { parseJson, type JsonObject } from '../../base/json.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: JsonObject
}

export type Send = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>

/** A plain HTTP client with kept connections, as a caller of the service would have. */
export function createSender(url: string): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = text === undefined ? {} : { 'content-type': 'application/json' }
      const call = request(`${url}${path}`, { method, agent, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const value = parseJson(Buffer.concat(parts).toString('utf8'))
          const body = (value ?? {}) as JsonObject
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
        })
      })
      call.on('error', reject)
      call.end(text)
    })
}

export type RunCli = (...args: readonly string[]) => Promise<string>

/** The command line as a user runs it: a process of its own, in the project's folder. */
export function createCli(cliFile: string, cwd: string): RunCli {
  const run = promisify(execFile)
  return async (...args) => {
    const { stdout } = await run(process.execPath, [...process.execArgv, cliFile, ...args], {
      cwd,
      encoding: 'utf8',
    })
    return stdout
  }
}
