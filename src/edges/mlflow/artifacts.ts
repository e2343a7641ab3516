import type { FastifyInstance } from 'fastify'
import { safeArtifactPath } from '../../capabilities/tracking/index.ts'
import { fileBelow, joinPath, sendFile } from './artifact-files.ts'
import { type Call, call, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { runId } from './runs.ts'
import { sendJson } from './send.ts'
import { listOrNothing } from './tracking-shapes.ts'

export const artifactCalls: readonly Call[] = [
  call('GET', '/artifacts/list', async (fields, deps) => {
    const path = safeArtifactPath(fields.text('path') ?? '')
    const run = await deps.tracking.getRunInfo(runId(fields))
    return listRoot(deps, run.artifactUri, path)
  }),
  call('POST', '/artifacts/presigned-upload-url', refusePresignedUpload),
]

/** What lies in a folder of a run or a logged model, with paths relative to its root. */
export async function listRoot(deps: MlflowDeps, rootUri: string, path: string): Promise<object> {
  const folder = safeArtifactPath(path)
  const files = await deps.artifacts.list(fileBelow(deps, rootUri, folder))
  return {
    root_uri: rootUri,
    files: listOrNothing(
      files.map(({ name, isFolder, size }) => ({
        path: joinPath(folder, name),
        is_dir: isFolder,
        file_size: size ?? undefined,
      })),
    ),
  }
}

// Clients may ask, so the answer tells what MLflow's server tells of a store that it proxies.
async function refusePresignedUpload(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const run = fields.filledText('run_id')
  const model = fields.filledText('model_id')
  safeArtifactPath(fields.requiredText('path'))
  if ((run === undefined) === (model === undefined))
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      'Exactly one of run_id and model_id must be provided.',
    )
  if (run === undefined) await tracking.getLoggedModel(model ?? '')
  else await tracking.getRunInfo(run)
  throw new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    'Presigned upload is not supported for proxied artifact storage. Upload through the artifact proxy.',
  )
}

interface PathParams {
  readonly '*': string
}

/** The artifact proxy: raw bytes in and out, streamed, never in memory as a whole. */
export function artifactProxy(app: FastifyInstance, deps: MlflowDeps): void {
  const { artifacts } = deps
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.get<{ Querystring: { path?: string } }>('/artifacts', async (request, reply) => {
    const files = await artifacts.list(request.query.path ?? '')
    return sendJson(reply, {
      files: listOrNothing(
        files.map(({ name, isFolder, size }) => ({
          path: name,
          is_dir: isFolder,
          file_size: size ?? undefined,
        })),
      ),
    })
  })
  app.put<{ Params: PathParams }>('/artifacts/*', async (request, reply) => {
    const content = (request.body ?? new Uint8Array()) as Uint8Array | AsyncIterable<Uint8Array>
    await artifacts.write(request.params['*'], content, { chunksAreGiven: true })
    return sendJson(reply, {})
  })
  app.get<{ Params: PathParams }>('/artifacts/*', (request, reply) =>
    sendFile(deps, { request, reply }, request.params['*']),
  )
  app.delete<{ Params: PathParams }>('/artifacts/*', async (request, reply) => {
    await artifacts.remove(request.params['*'])
    return sendJson(reply, {})
  })
}
