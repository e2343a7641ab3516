import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { safeArtifactPath } from '../../capabilities/tracking/index.ts'
import type { MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { mimeTypeOf } from './mime-types.ts'

/** The path, below the artifact root, of a file of a run, a logged model or a version. @throws NOT_IMPLEMENTED */
export function fileBelow({ artifacts }: MlflowDeps, rootUri: string, path: string): string {
  const safe = safeArtifactPath(path)
  const root = artifacts.pathOf(rootUri)
  if (root === null)
    throw new ProtocolError(
      'NOT_IMPLEMENTED',
      `The artifacts at ${rootUri} are not kept by this server; read them from there.`,
    )
  return joinPath(root, safe)
}

export function joinPath(folder: string, name: string): string {
  return folder === '' || name === '' ? folder + name : `${folder}/${name}`
}

/** Answers with a file, whole or, when the request has a range, a part of it. */
export async function sendFile(
  { artifacts }: MlflowDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  path: string,
): Promise<FastifyReply> {
  const range = rangeOf(request.headers.range)
  const small = range === undefined ? artifacts.readSmall(path) : null
  if (small !== null) return attachment(reply, path).header('accept-ranges', 'bytes').send(small)
  const { stream, size, start, end } = await artifacts.readToSend(path, range)
  attachment(reply, path).header('accept-ranges', 'bytes')
  void reply.header('content-length', Math.max(0, end - start + 1))
  if (range !== undefined)
    void reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`)
  return reply.send(stream)
}

/** One range of bytes; anything else asks for the whole file, as HTTP allows. */
function rangeOf(header: string | undefined): { start: number; end?: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header ?? '')
  if (match === null) return undefined
  const [, start, end] = match
  return end === undefined ? { start: Number(start) } : { start: Number(start), end: Number(end) }
}

// Always a download: a page that somebody logged must not run as ours in a browser.
function attachment(reply: FastifyReply, path: string): FastifyReply {
  const name = path.split('/').at(-1) ?? 'artifact'
  const plain = /^[\w.+\-@]+$/.test(name)
  const filename = plain ? `filename=${name}` : `filename*=UTF-8''${encodeURIComponent(name)}`
  return reply
    .header('content-type', mimeTypeOf(name))
    .header('content-disposition', `attachment; ${filename}`)
    .header('x-content-type-options', 'nosniff')
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** `/get-artifact` and `/model-versions/get-artifact`: what MLflow's page downloads by. */
export function artifactDownloads(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.get<{ Querystring: Query }>('/get-artifact', async (request, reply) => {
    const path = safeArtifactPath(required(request.query, 'path'))
    const id = text(request.query, 'run_id') || required(request.query, 'run_uuid', 'run_id')
    const { artifactUri } = await deps.tracking.getRunInfo(id)
    return sendFile(deps, { request, reply }, fileBelow(deps, artifactUri, path))
  })
  scope.get<{ Querystring: Query }>('/model-versions/get-artifact', async (request, reply) => {
    const path = safeArtifactPath(required(request.query, 'path'))
    const name = required(request.query, 'name')
    const version = required(request.query, 'version')
    if (!/^\d{1,9}$/.test(version))
      throw new ProtocolError(
        'INVALID_PARAMETER_VALUE',
        `Parameter 'version' must be an integer, got '${version}'.`,
      )
    const { location } = await deps.registry.getVersion(name, Number(version))
    return sendFile(deps, { request, reply }, fileBelow(deps, location, path))
  })
}

/** `/logged-models/{id}/artifacts/files`: one file of a logged model. */
export function loggedModelFiles(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.get<{ Params: { model_id: string }; Querystring: Query }>(
    '/logged-models/:model_id/artifacts/files',
    async (request, reply) => {
      const path = text(request.query, 'artifact_file_path')
      if (path === '')
        throw new ProtocolError(
          'BAD_REQUEST',
          'Request must include the "artifact_file_path" query parameter.',
        )
      const safe = safeArtifactPath(path)
      const { artifactUri } = await deps.tracking.getLoggedModel(request.params.model_id)
      return sendFile(deps, { request, reply }, fileBelow(deps, artifactUri, safe))
    },
  )
}

const LARGEST_UPLOAD = 10 * 1024 * 1024

/** `/upload-artifact`: a small file from MLflow's page, whatever its content type. */
export function uploadArtifact(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  scope.post<{ Querystring: Query }>(
    '/upload-artifact',
    { bodyLimit: LARGEST_UPLOAD },
    async ({ query, body }) => {
      const runId = asked(query, 'run_uuid')
      const path = safeArtifactPath(asked(query, 'path'))
      if (!(body instanceof Uint8Array) || body.length === 0)
        throw new ProtocolError('INVALID_PARAMETER_VALUE', 'Request must specify data.')
      const { artifactUri } = await deps.tracking.getRunInfo(runId)
      await deps.artifacts.write(fileBelow(deps, artifactUri, path), body)
      return {}
    },
  )
}

function asked(query: Query, name: string): string {
  const value = text(query, name)
  if (value !== '') return value
  throw new ProtocolError('INVALID_PARAMETER_VALUE', `Request must specify ${name}.`)
}

function required(query: Query, name: string, said = name): string {
  const value = text(query, name)
  if (value !== '') return value
  throw new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    `Missing value for required parameter '${said}'.`,
  )
}

function text(query: Query, name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}
