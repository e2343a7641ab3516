import type { FastifyInstance, FastifyReply } from 'fastify'
import { safeArtifactPath } from '../../capabilities/tracking/index.ts'
import { type Call, call, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { runId } from './runs.ts'
import { sendJson } from './send.ts'
import { listOrNothing } from './tracking-shapes.ts'

export const artifactCalls: readonly Call[] = [
  call('GET', '/artifacts/list', async (fields, deps) => {
    const run = await deps.tracking.getRunInfo(runId(fields))
    return listRoot(deps, run.artifactUri, fields.text('path') ?? '')
  }),
]

/** What lies in a folder of a run or a logged model, with paths relative to its root. */
export async function listRoot(
  { artifacts }: MlflowDeps,
  rootUri: string,
  path: string,
): Promise<object> {
  const folder = safeArtifactPath(path)
  const root = artifacts.pathOf(rootUri)
  if (root === null)
    throw new ProtocolError(
      'NOT_IMPLEMENTED',
      `The artifacts at ${rootUri} are not kept by this server; read them from there.`,
    )
  const files = await artifacts.list(join(root, folder))
  return {
    root_uri: rootUri,
    files: listOrNothing(
      files.map(({ name, isFolder, size }) => ({
        path: join(folder, name),
        is_dir: isFolder,
        file_size: size ?? undefined,
      })),
    ),
  }
}

function join(folder: string, name: string): string {
  return folder === '' || name === '' ? folder + name : `${folder}/${name}`
}

interface PathParams {
  readonly '*': string
}

/** The artifact proxy: raw bytes in and out, streamed, never in memory as a whole. */
export function artifactProxy(app: FastifyInstance, { artifacts }: MlflowDeps): void {
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
    await artifacts.write(request.params['*'], content)
    return sendJson(reply, {})
  })
  app.get<{ Params: PathParams }>('/artifacts/*', async (request, reply) => {
    const path = request.params['*']
    const { stream, size } = await artifacts.read(path)
    return sendFile(reply, path).header('content-length', size).send(stream)
  })
  app.delete<{ Params: PathParams }>('/artifacts/*', async (request, reply) => {
    await artifacts.remove(request.params['*'])
    return sendJson(reply, {})
  })
  // The client falls back to whole files when it reads this beginning.
  app.post('/mpu/*', async () => {
    throw new ProtocolError(
      'NOT_IMPLEMENTED',
      'Multipart upload is not supported for the current artifact repository',
    )
  })
}

// Always a download: a page that somebody logged must not run as ours in a browser.
function sendFile(reply: FastifyReply, path: string): FastifyReply {
  const name = path.split('/').at(-1) ?? 'artifact'
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('x-content-type-options', 'nosniff')
}
