import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { MlflowDeps } from './call.ts'
import { isOurFault, toErrorAnswer } from './errors.ts'
import { readSpans, type ReceivedSpans } from './otlp-spans.ts'
import { readExportRequest } from './otlp-wire.ts'
import { sendJson } from './send.ts'

/** As sent, and as unpacked: a small body that unpacks to a large one is refused before it does. */
const MOST_SENT = 32 * 1024 * 1024
const MOST_UNPACKED = 64 * 1024 * 1024
const MOST_LEVELS = 300

/** What is refused in FastAPI's shape, as MLflow's server answers here. */
class Refusal extends Error {
  readonly status: number
  readonly detail: unknown

  constructor(status: number, detail: unknown) {
    super(String(detail))
    this.status = status
    this.detail = detail
  }
}

/** OpenTelemetry's intake: POST /v1/traces, protobuf or JSON, for one experiment, all spans or none. */
export function otlpIntake(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_SENT }, (_r, body, done) =>
    done(null, body),
  )
  scope.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal)
      return sendJson(reply.code(error.status), { detail: error.detail })
    const { status, body } = toErrorAnswer(error)
    if (status === 500 && isOurFault(error))
      deps.onFault(error, { method: request.method, url: request.url })
    return sendJson(reply.code(status), body)
  })
  scope.post('/v1/traces', { bodyLimit: MOST_SENT }, async (request, reply) => {
    const experimentId = experimentOf(request)
    const type = mediaTypeOf(request)
    const received = readBody(await unpack(request), type)
    const runId = textHeader(request, 'x-mlflow-run-id')
    await deps.traces.logSpans({ ...received, experimentId, runId })
    // An ExportTraceServiceResponse that says nothing: no bytes at all in protobuf.
    return reply.type(type).send(type === JSON_TYPE ? '{}' : '')
  })
}

const PROTOBUF_TYPE = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

function textHeader({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function experimentOf(request: FastifyRequest): string {
  const id = textHeader(request, 'x-mlflow-experiment-id')
  if (id !== undefined) return id
  const loc = ['header', 'x-mlflow-experiment-id']
  throw new Refusal(422, [{ type: 'missing', loc, msg: 'Field required', input: null }])
}

function mediaTypeOf({ headers }: FastifyRequest): string {
  const type = headers['content-type']?.split(';')[0]?.trim()
  if (type === PROTOBUF_TYPE || type === JSON_TYPE) return type
  throw new Refusal(
    400,
    `Invalid Content-Type: ${headers['content-type'] ?? 'None'}. Expected: ${PROTOBUF_TYPE} or ${JSON_TYPE}`,
  )
}

async function unpack(request: FastifyRequest): Promise<Buffer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const encoding = textHeader(request, 'content-encoding')?.toLowerCase()
  const limit = { maxOutputLength: MOST_UNPACKED }
  switch (encoding) {
    case undefined:
      return body
    case 'gzip':
      return promisify(gunzip)(body, limit).catch((error: unknown) => notUnpacked(error, encoding))
    case 'deflate':
      // Some clients leave the header of zlib out.
      return promisify(inflate)(body, limit)
        .catch(() => promisify(inflateRaw)(body, limit))
        .catch((error: unknown) => notUnpacked(error, encoding))
    default:
      throw new Refusal(400, `Unsupported Content-Encoding: ${encoding}`)
  }
}

function notUnpacked(error: unknown, encoding: string): never {
  if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
    throw new Refusal(413, `The ${encoding} payload unpacks to more than ${MOST_UNPACKED} bytes`)
  throw new Refusal(400, `Failed to decompress ${encoding} payload`)
}

function readBody(body: Buffer, type: string): ReceivedSpans {
  const read = readSpans(parse(body, type))
  switch (read.is) {
    case 'spans':
      return read.received
    case 'empty':
      throw new Refusal(400, 'Invalid OpenTelemetry format - no spans found')
    case 'no span':
      throw new Refusal(422, 'Cannot convert OpenTelemetry span to MLflow span')
    case 'no request':
      throw new Refusal(400, 'Invalid OpenTelemetry format')
  }
}

// Those who read it, here and later, walk it level by level on the stack.
function isDeep(text: string): boolean {
  let depth = 0
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (mark === '[' || mark === '{') depth += 1
    if (mark === ']' || mark === '}') depth -= 1
    if (depth > MOST_LEVELS) return true
  }
  return false
}

function parse(body: Buffer, type: string): unknown {
  try {
    if (type === PROTOBUF_TYPE) return readExportRequest(body)
    const text = body.toString('utf8')
    return isDeep(text) ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
