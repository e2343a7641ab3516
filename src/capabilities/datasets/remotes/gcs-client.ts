import type { IncomingMessage } from 'node:http'
import type { StorageOptions } from '@google-cloud/storage'
import { datasetErrors } from '../errors.ts'
import { remoteFault } from './faults.ts'
import { openHttpClient } from './http-client.ts'
import type { CallOptions } from './port.ts'
import { withRetries } from './retry.ts'
import type { RemoteSettings } from './settings.ts'
import { bucketAddress, valuesOf } from './values.ts'

const PUBLIC_ENDPOINT = 'https://storage.googleapis.com'
const ATTEMPTS = 3

export interface GcsRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer
  /** 1 for what may not be repeated. */
  readonly attempts?: number
}

export interface GcsClient {
  /** `https://…/storage/v1/b/BUCKET/o`, with a name behind it that of the object. */
  readonly objectUrl: (name?: string) => URL
  readonly uploadUrl: (kind: 'multipart' | 'resumable') => URL
  /** The answer, its body not read yet. @throws DATASET_REMOTE_…, and an error with `status` 404 for what is not there */
  readonly ask: (request: GcsRequest) => Promise<IncomingMessage>
  readonly close: () => void
}

/**
 * Google's own library says who asks. The requests themselves are ours: those of the library cannot be stopped, and wait
 * for ever for a service that has fallen silent.
 */
export async function openGcsClient(settings: RemoteSettings): Promise<GcsClient> {
  const { bucket } = bucketAddress(settings, 'gs://BUCKET/FOLDER')
  const { Storage } = await import('@google-cloud/storage')
  const asked = options(settings)
  const storage = new Storage(asked)
  const isAnonymous = 'apiEndpoint' in asked && !asked.useAuthWithCustomEndpoint
  const http = await openHttpClient(settings)
  const urlOf = (path: string): URL =>
    new URL(`${storage.apiEndpoint}${path}/b/${encodeURIComponent(bucket)}/o`)
  const once = async ({ headers = {}, ...request }: GcsRequest): Promise<IncomingMessage> => {
    const who = isAnonymous ? [] : await storage.authClient.getRequestHeaders(request.url.href)
    const answer = await http.send({
      ...request,
      headers: { ...Object.fromEntries(who), ...headers },
    })
    const { statusCode = 0 } = answer
    if (statusCode < 400) return answer
    throw Object.assign(new Error(await reasonOf(answer)), { status: statusCode })
  }
  return {
    objectUrl: (name) => {
      const url = urlOf('/storage/v1')
      if (name !== undefined) url.pathname += `/${encodeURIComponent(name)}`
      return url
    },
    uploadUrl: (kind) => {
      const url = urlOf('/upload/storage/v1')
      url.searchParams.set('uploadType', kind)
      return url
    },
    ask: (request) => {
      const { signal, attempts = ATTEMPTS } = request
      const told = async (): Promise<IncomingMessage> => {
        try {
          return await once(request)
        } catch (error) {
          if ((error as { status?: number }).status === 404) throw error
          throw remoteFault(error, { address: settings.url, signal })
        }
      }
      return withRetries(told, { signal, attempts })
    },
    close: http.close,
  }
}

// The library signs nothing at an endpoint that it is told, unless asked to.
function options(settings: RemoteSettings): StorageOptions {
  const values = valuesOf(settings)
  const anonymous = values.flag('allow_anonymous_login') === true
  const endpoint = values.text('endpointurl') ?? (anonymous ? PUBLIC_ENDPOINT : undefined)
  const projectId = values.text('projectname')
  const keyFilename = values.path('credentialpath')
  return {
    ...(projectId === undefined ? {} : { projectId }),
    ...(keyFilename === undefined ? {} : { keyFilename }),
    ...(endpoint === undefined
      ? {}
      : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: keyFilename !== undefined }),
  }
}

async function reasonOf(answer: IncomingMessage): Promise<string> {
  const text = (await bytesOf(answer)).toString()
  const [, message] = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? []
  return message ?? `it answers ${answer.statusCode ?? 0} ${text.slice(0, 200)}`.trim()
}

/** The whole body. @throws when it ends before its end */
export async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

/** The JSON of a body, as far as it is an object. @throws DATASET_REMOTE_CORRUPT for what is no JSON */
export async function documentOf(
  answer: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  const text = (await bytesOf(answer)).toString()
  try {
    const found: unknown = text === '' ? {} : JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {}
  } catch (cause) {
    throw datasetErrors.DATASET_REMOTE_CORRUPT({
      detail: `an answer of ${text.length} characters is no JSON: ${text.slice(0, 60)}`,
      next: 'Something else answers than the service: check the address, and what lies between.',
      cause,
    })
  }
}
