/** What a server answered instead of what was asked for. `code` as MLflow and Ratchet name it. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: string
  /** The HTTP status; 0 when no answer came. */
  readonly status: number

  constructor(code: string, status: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.status = status
  }
}

export interface TransportOptions {
  /** Sent with each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How often a call is tried again that may safely be made twice; 5 unless told. */
  readonly retries?: number | undefined
  /** How long one try may take, in milliseconds; 120,000 unless told. */
  readonly timeoutMs?: number | undefined
}

export type Scalar = string | number | boolean
export type Parameters = Readonly<Record<string, Scalar | readonly string[] | undefined>>

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the server's root. */
  readonly path: string
  readonly query?: Parameters | undefined
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly bytes?: Uint8Array | undefined
  /** Doing it twice is doing it once: tried again when no answer came or the server was not able to. */
  readonly repeatable: boolean
}

export type Transport = ReturnType<typeof createTransport>

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000

/** HTTP to one server. What may be repeated is, with growing pauses, so that a restart of the server goes unnoticed. */
export function createTransport(root: string, options: TransportOptions) {
  const { headers = {}, retries = 5, timeoutMs = 120_000 } = options
  const base = root.replace(/\/+$/, '')

  const once = async ({ method, path, query, json, bytes }: Request): Promise<Response> => {
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const body = json === undefined ? bytes : JSON.stringify(json)
    try {
      return await fetch(`${base}${path}${queryText(query)}`, {
        method,
        headers: { ...type, ...headers },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
      })
    } catch (cause) {
      throw new ClientError('UNREACHABLE', 0, `${base} does not answer: ${reasonOf(cause)}`, cause)
    }
  }

  const send = async (request: Request): Promise<Response> => {
    for (let pause = FIRST_PAUSE_MS, left = request.repeatable ? retries : 0; ; left--) {
      try {
        const response = await once(request)
        if (response.ok) return response
        throw await toError(response)
      } catch (error) {
        if (left <= 0 || !isPassing(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, pause))
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
      }
    }
  }

  return {
    send,
    json: async <T>(request: Request): Promise<T> => {
      const text = await (await send(request)).text()
      return (text === '' ? {} : JSON.parse(text)) as T
    },
    bytes: async (request: Request): Promise<Uint8Array> =>
      new Uint8Array(await (await send(request)).arrayBuffer()),
  }
}

function queryText(query: Parameters | undefined): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) search.append(key, String(one))
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function isPassing(error: unknown): boolean {
  return error instanceof ClientError && [0, 408, 429, 500, 502, 503, 504].includes(error.status)
}

// MLflow's errors have `error_code` and `message`, Ratchet's own are problem documents.
async function toError(response: Response): Promise<ClientError> {
  const { status } = response
  const text = await response.text()
  const told = parse(text)
  const code = textOf(told['error_code']) ?? textOf(told['code']) ?? `HTTP_${status}`
  const message = textOf(told['message']) ?? textOf(told['detail']) ?? textOf(told['title'])
  return new ClientError(code, status, message ?? `${status} ${text.slice(0, 200)}`.trim())
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function reasonOf(cause: unknown): string {
  const inner = (cause as { cause?: { message?: string } }).cause?.message
  return inner ?? (cause as Error).message
}
