import type { FastifyInstance } from 'fastify'
import { proxiedPath } from '../../capabilities/tracking/index.ts'
import type { MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { Fields, isRecord } from './fields.ts'

const FILE = 'traces.json'

/** The spans of a trace as a file, or a file that its client put beside it. */
export function traceArtifact(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.get('/get-trace-artifact', async ({ query }, reply) => {
    const fields = new Fields(isRecord(query) ? query : {})
    const id = fields.filledText('request_id')
    if (id === undefined)
      throw new ProtocolError(
        'BAD_REQUEST',
        'Request must include the "request_id" query parameter.',
      )
    const path = fields.filledText('path')
    const data = path === undefined ? await deps.traces.data(id) : null
    const body = data ?? (await fileOf(deps, id, path === undefined ? FILE : `attachments/${path}`))
    const name = (path ?? FILE).split('/').at(-1) ?? FILE
    return reply
      .type('application/octet-stream')
      .header('x-content-type-options', 'nosniff')
      .header(
        'content-disposition',
        path === undefined
          ? `attachment; filename=${FILE}`
          : `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      )
      .send(body)
  })
}

async function fileOf({ traces, artifacts }: MlflowDeps, id: string, path: string) {
  const { tags } = await traces.getInfo(id)
  const folder = proxiedPath(tags['mlflow.artifactLocation'] ?? '')
  if (folder === null)
    throw new ProtocolError(
      'RESOURCE_DOES_NOT_EXIST',
      `The files of trace '${id}' are not kept on this server.`,
    )
  return (await artifacts.read(`${folder}/${path}`)).stream
}
