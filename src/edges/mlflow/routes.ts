import type { FastifyInstance, FastifyRequest } from 'fastify'
import { artifactDownloads, loggedModelFiles, uploadArtifact } from './artifact-files.ts'
import { artifactUploads } from './artifact-uploads.ts'
import { artifactCalls, artifactProxy } from './artifacts.ts'
import type { Call, MlflowDeps } from './call.ts'
import { isOurFault, ProtocolError, toErrorAnswer } from './errors.ts'
import { evaluationDatasetCalls } from './evaluation-datasets.ts'
import { experimentCalls } from './experiments.ts'
import { Fields, isRecord } from './fields.ts'
import { loggedModelCalls } from './logged-models.ts'
import { loggingCalls } from './logging.ts'
import { modelVersionCalls } from './model-versions.ts'
import { registeredModelCalls } from './registered-models.ts'
import { runCalls } from './runs.ts'
import { otlpIntake } from './otlp.ts'
import { JsonBody, readJsonBodies } from './json-body.ts'
import { sendJson } from './send.ts'
import { traceArtifact } from './trace-artifact.ts'
import { traceCalls } from './traces.ts'
import { oldTraceCalls } from './traces-v2.ts'
import { webhookCalls } from './webhooks.ts'

const CALLS: readonly Call[] = [
  ...experimentCalls,
  ...runCalls,
  ...loggingCalls,
  ...loggedModelCalls,
  ...artifactCalls,
  ...registeredModelCalls,
  ...modelVersionCalls,
  ...webhookCalls,
  ...oldTraceCalls,
]

/** What this server can do, as clients ask before they use it. */
const SERVER_INFO = {
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
}

/** MLflow's REST API: programs call it at `/api`, MLflow's own page at `/ajax-api`. */
export function mlflowRoutes(app: FastifyInstance, deps: MlflowDeps): void {
  void app.register(async (scope) => otlpIntake(scope, deps))
  void app.register(async (scope) => unknownCalls(scope, deps))
  void app.register(async (scope) => {
    translateErrors(scope, deps)
    artifactDownloads(scope, deps)
  })
  for (const root of ['/api', '/ajax-api']) {
    void app.register(async (scope) => restCalls(scope, deps), { prefix: `${root}/2.0/mlflow` })
    void app.register(async (scope) => serverInfo(scope, deps), { prefix: `${root}/3.0/mlflow` })
    void app.register(
      async (scope) => {
        translateErrors(scope, deps)
        artifactProxy(scope, deps)
        void scope.register(async (uploads) => artifactUploads(uploads, deps))
      },
      { prefix: `${root}/2.0/mlflow-artifacts` },
    )
  }
}

function restCalls(scope: FastifyInstance, deps: MlflowDeps): void {
  translateErrors(scope, deps)
  void scope.register(async (files) => uploadArtifact(files, deps))
  loggedModelFiles(scope, deps)
  void scope.register(async (calls) => {
    readJsonBodies(calls)
    serve(calls, deps, CALLS)
  })
  traceArtifact(scope, deps)
}

function serve(scope: FastifyInstance, deps: MlflowDeps, calls: readonly Call[]): void {
  for (const { method, path, answer } of calls)
    scope.route({
      method,
      url: path,
      handler: async (request, reply) =>
        sendJson(reply, await answer(fieldsOf(request), deps, request.headers['user-agent'])),
    })
}

function serverInfo(scope: FastifyInstance, deps: MlflowDeps): void {
  translateErrors(scope, deps)
  readJsonBodies(scope)
  serve(scope, deps, traceCalls)
  serve(scope, deps, evaluationDatasetCalls)
  traceArtifact(scope, deps)
  for (const method of ['GET', 'POST'])
    scope.route({
      method,
      url: '/server-info',
      handler: async (_request, reply) => sendJson(reply, SERVER_INFO),
    })
}

function fieldsOf({ query, body, params }: FastifyRequest) {
  const { message, text } = body instanceof JsonBody ? body : new JsonBody(undefined, '')
  return new Fields(
    {
      ...(isRecord(query) ? query : {}),
      ...(isRecord(message) ? message : {}),
      ...(isRecord(params) ? params : {}),
    },
    '',
    text,
  )
}

function translateErrors(scope: FastifyInstance, deps: MlflowDeps): void {
  scope.setErrorHandler((error, request, reply) => {
    const { status, body } = toErrorAnswer(error)
    if (status === 500 && isOurFault(error))
      deps.onFault(error, { method: request.method, url: request.url })
    return sendJson(reply.code(status), body)
  })
}

// Routes and not the router's own "not found": the page takes every other address that is read.
function unknownCalls(scope: FastifyInstance, deps: MlflowDeps): void {
  translateErrors(scope, deps)
  const roots = ['/api', '/ajax-api'].flatMap((root) => VERSIONS.map((one) => `${root}/${one}`))
  for (const root of [...roots, '/gateway', '/graphql'])
    for (const url of [root, `${root}/*`])
      scope.route({
        method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        url,
        // Before a body is read: nobody needs it.
        onRequest: async ({ method, url: asked }) => {
          throw new ProtocolError(
            'ENDPOINT_NOT_FOUND',
            `No MLflow call of this server: ${method} ${asked}`,
          )
        },
        handler: async () => ({}),
      })
}

/** Of the paths of MLflow's protocol, also those that only Databricks serves. */
const VERSIONS = ['2.0', '3.0', '4.0', '5.0']
