import { errorMessage, type ExitCode, RatchetError } from '../../base/errors.ts'
import { type Json, type JsonObject, parseJson } from '../../base/json.ts'
import { cliErrors } from './errors.ts'

export interface ApiClient {
  readonly url: string
  readonly get: (path: string) => Promise<JsonObject>
  readonly post: (path: string, body?: Json) => Promise<JsonObject>
}

/** A small client of `/api/v1`. Problems come back as the errors that they were on the server. */
export function createApiClient(url: string): ApiClient {
  const call = async (method: string, path: string, body?: Json): Promise<JsonObject> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch((cause: unknown) => {
      throw cliErrors.CONTROL_PLANE_AWAY({ detail: `${url}: ${reasonOf(cause)}`, cause })
    })
    const text = await response.text()
    const value = (parseJson(text) ?? {}) as JsonObject
    if (response.ok) return value
    throw problemToError(response.status, value)
  }
  return {
    url,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body ?? {}),
  }
}

// fetch says "fetch failed" and keeps what happened in the cause.
function reasonOf(error: unknown): string {
  return errorMessage(error instanceof Error ? (error.cause ?? error) : error)
}

function problemToError(status: number, problem: JsonObject): RatchetError {
  const text = (key: string): string | undefined =>
    typeof problem[key] === 'string' ? problem[key] : undefined
  const definition = {
    status,
    exit: exitOf(status),
    title: text('title') ?? 'The control plane refused.',
    next: text('next') ?? 'See the log of the control plane.',
  }
  return new RatchetError(text('code') ?? `HTTP_${status}`, definition, {
    detail: text('detail') ?? `status ${status}`,
    path: text('path'),
  })
}

/** What a refusal over HTTP means for a script that looks at the exit code. */
export function exitOf(status: number): ExitCode {
  if (status === 404) return 4
  if (status === 409 || status === 412 || status === 423) return 5
  if (status === 503 || status === 507) return 69
  return status >= 500 ? 70 : 2
}
