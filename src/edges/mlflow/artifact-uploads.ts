import type { FastifyInstance, FastifyRequest } from 'fastify'
import { joinPath } from './artifact-files.ts'
import type { MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { Fields, isRecord } from './fields.ts'
import { sendJson } from './send.ts'

interface PathParams {
  readonly '*': string
}

/** Uploads in parts and downloads by a given address, as S3 would answer them; here all of it is this server. */
export function artifactUploads(scope: FastifyInstance, deps: MlflowDeps): void {
  const { uploads } = deps.artifacts
  scope.put<{ Params: { id: string; number: string } }>(
    '/mpu/part/:id/:number',
    async ({ params, body }, reply) => {
      const content = (body ?? new Uint8Array()) as Uint8Array | AsyncIterable<Uint8Array>
      const etag = await uploads.writePart(params.id, Number(params.number), content)
      return sendJson(reply.header('etag', `"${etag}"`), {})
    },
  )
  void scope.register(async (calls) => multipartCalls(calls, deps))
  scope.get<{ Params: PathParams }>('/presigned/*', async (request, reply) => {
    const path = request.params['*']
    const { stream, size } = await deps.artifacts.read(path)
    stream.destroy()
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    const url = `${addressOf(request, '/presigned/')}/artifacts/${encoded}`
    return sendJson(reply, { url, headers: {}, file_size: size })
  })
}

const LARGEST_BODY = 8 * 1024 * 1024

function multipartCalls(scope: FastifyInstance, { artifacts: { uploads } }: MlflowDeps): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) =>
    done(null, parse(String(text))),
  )
  const post = (path: string, answer: (asked: Asked) => Promise<object>): void => {
    scope.post<{ Params: PathParams }>(path, { bodyLimit: LARGEST_BODY }, async (request, reply) =>
      sendJson(reply, await answer(read(request))),
    )
  }
  post('/mpu/create/*', async ({ fields, path, request }) => {
    const count = fields.whole('num_parts') ?? 1
    const id = await uploads.begin(path, count)
    const base = `${addressOf(request, '/mpu/')}/mpu/part/${id}`
    return {
      upload_id: id,
      credentials: Array.from({ length: count }, (_none, index) => ({
        url: `${base}/${index + 1}`,
        part_number: index + 1,
      })),
    }
  })
  post('/mpu/complete/*', async ({ fields, path }) => {
    const parts = fields.messages('parts').map((part) => ({
      number: part.requiredWhole('part_number'),
      etag: part.text('etag') ?? '',
    }))
    await uploads.complete(fields.requiredText('upload_id'), path, parts)
    return {}
  })
  post('/mpu/abort/*', async ({ fields, path }) => {
    await uploads.abort(fields.requiredText('upload_id'), path)
    return {}
  })
}

interface Asked {
  readonly fields: Fields
  /** Of the file, below the artifact root. */
  readonly path: string
  readonly request: FastifyRequest
}

// The body names the file where the client has it; its folder here is in the address.
function read(request: FastifyRequest<{ Params: PathParams }>): Asked {
  const fields = new Fields(isRecord(request.body) ? request.body : {})
  const name = fields.requiredText('path').split(/[/\\]/).at(-1) ?? ''
  if (name === '' || name === '.' || name === '..')
    throw new ProtocolError('INVALID_PARAMETER_VALUE', 'Invalid path')
  return { fields, path: joinPath(request.params['*'].replace(/\/+$/, ''), name), request }
}

/** Where the client reached the proxy, so that what it is given leads here too. */
function addressOf({ protocol, host, url }: FastifyRequest, before: string): string {
  return `${protocol}://${host}${url.slice(0, url.indexOf(before))}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
