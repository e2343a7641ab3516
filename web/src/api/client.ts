import type { Problem } from '../../../src/edges/http/contract.ts'
import { ProblemError } from './problem.ts'

const BASE = '/api/v1'

/** Reads a resource. Throws ProblemError when the server says no, TypeError when nothing answers. */
export async function read<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await fetch(BASE + path, {
    headers: { accept: 'application/json' },
    signal: signal ?? null,
  })
  return bodyOf<Body>(response)
}

/** Asks for a change. The key makes a repeated request (a double click, a retry) one change. */
export async function send<Body>(path: string, body: object): Promise<Body> {
  const response = await fetch(BASE + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(body),
  })
  return bodyOf<Body>(response)
}

async function bodyOf<Body>(response: Response): Promise<Body> {
  const type = response.headers.get('content-type') ?? ''
  if (response.ok && type.includes('json')) return (await response.json()) as Body
  if (type.includes('problem+json')) throw new ProblemError((await response.json()) as Problem)
  throw new Error(`${response.url} answered ${response.status} without a document.`)
}
