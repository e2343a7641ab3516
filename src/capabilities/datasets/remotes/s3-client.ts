import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { throughProxies } from '../../../base/http-library.ts'
import { datasetErrors } from '../errors.ts'
import { trustedCertificates } from './certificates.ts'
import type { RemoteSettings } from './settings.ts'
import { type RemoteValues, valuesOf } from './values.ts'

const DEFAULT_REGION = 'us-east-1'
const MOST_SOCKETS = 64
// Those of botocore, whose settings these are.
const CONNECT_TIMEOUT_S = 60
const READ_TIMEOUT_S = 60

/** A client as DVC's settings describe it; without them as `~/.aws` and the environment do. */
export async function openS3Client(settings: RemoteSettings) {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const values = valuesOf(settings)
  const endpoint = values.text('endpointurl')
  const trusted = await trustedCertificates(values)
  const profile = values.text('profile')
  const region = values.text('region') ?? (endpoint === undefined ? undefined : DEFAULT_REGION)
  const agent = { keepAlive: true, maxSockets: MOST_SOCKETS, ...throughProxies() }
  const requestHandler = {
    httpsAgent: new HttpsAgent({ ...agent, ...trusted }),
    httpAgent: new HttpAgent(agent),
    connectionTimeout: (values.number('connect_timeout') ?? CONNECT_TIMEOUT_S) * 1000,
    // Of silence, not of the whole answer: a slow line is no fault.
    socketTimeout: (values.number('read_timeout') ?? READ_TIMEOUT_S) * 1000,
  }
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    requestHandler,
    ...(await identity(values, requestHandler)),
    tls: values.flag('use_ssl') ?? true,
    maxAttempts: 3,
    followRegionRedirects: true,
    // Stores that are like S3 know Content-MD5, and not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // We do not wait for the answer to it, and a server may.
    expectContinueHeader: false,
  })
  const hashing = { step: 'build', name: 'ratchetHashOfBody' } as const
  client.middlewareStack.add(
    (next) => async (args) => {
      await hashBody(args.request as HttpRequest)
      return next(args)
    },
    hashing,
  )
  return client
}

interface HttpRequest {
  readonly protocol: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

const BODY_HASH = 'x-amz-content-sha256'

/**
 * What the signature says of the body. The library would hash each part in this thread, one after the other; here
 * others do. Over TLS nothing on the way can change the body and the store checks Content-MD5, so as with botocore it
 * is not hashed again.
 */
async function hashBody({ protocol, headers, body }: HttpRequest): Promise<void> {
  if (!(body instanceof Uint8Array) || headers['content-md5'] === undefined) return
  headers[BODY_HASH] = protocol === 'https:' ? 'UNSIGNED-PAYLOAD' : await sha256Aside(body)
}

async function sha256Aside(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Buffer.from(digest).toString('hex')
}

async function identity(
  values: RemoteValues,
  requestHandler: NonNullable<S3ClientConfig['requestHandler']>,
): Promise<Pick<S3ClientConfig, 'credentials' | 'signer'>> {
  const accessKeyId = values.text('access_key_id')
  const secretAccessKey = values.text('secret_access_key')
  const sessionToken = values.text('session_token')
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return {
      credentials: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      },
    }
  // A request that nobody signs: what it asks for must be public. The library asks for a name, which it tells nobody.
  if (values.flag('allow_anonymous_login') === true)
    return {
      credentials: { accessKeyId: 'nobody', secretAccessKey: 'nobody' },
      signer: { sign: async (request) => request },
    }
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  const profile = values.text('profile')
  const filepath = values.path('credentialpath')
  const configFilepath = values.path('configpath')
  const chain = fromNodeProviderChain({
    // A login that is asked for elsewhere goes the same way.
    clientConfig: { requestHandler },
    ...(profile === undefined ? {} : { profile }),
    ...(filepath === undefined ? {} : { filepath }),
    ...(configFilepath === undefined ? {} : { configFilepath }),
  })
  return { credentials: chain }
}

const GRANTS = ['grant_read', 'grant_read_acp', 'grant_write_acp', 'grant_full_control'] as const

// S3 would refuse each object, and so does DVC: better before the first.
function refuseTogether(settings: RemoteSettings, one: string, others: readonly string[]): void {
  const { text } = valuesOf(settings)
  const other = others.find((key) => text(key) !== undefined)
  if (text(one) === undefined || other === undefined) return
  throw datasetErrors.DATASET_CONFIG_INVALID({
    detail: `remote "${settings.name}" has ${one} and ${other}; S3 takes one of them`,
    path: `remote.${settings.name}.${other}`,
    next: `Remove one: \`ratchet remote modify --unset ${settings.name} ${other}\`.`,
  })
}

/** Headers of every object that is written: encryption and who may read it, as DVC's settings name them. */
export function uploadHeaders(settings: RemoteSettings): Readonly<Record<string, string>> {
  const values = valuesOf(settings)
  refuseTogether(settings, 'acl', GRANTS)
  refuseTogether(settings, 'sse_customer_key', ['sse_kms_key_id'])
  const named = {
    ServerSideEncryption: values.text('sse'),
    SSEKMSKeyId: values.text('sse_kms_key_id'),
    ACL: values.text('acl'),
    GrantRead: values.text('grant_read'),
    GrantReadACP: values.text('grant_read_acp'),
    GrantWriteACP: values.text('grant_write_acp'),
    GrantFullControl: values.text('grant_full_control'),
  }
  return { ...defined(named), ...customerKey(settings) }
}

/** The customer's own key goes along with reads too. */
export function customerKey(settings: RemoteSettings): Readonly<Record<string, string>> {
  const values = valuesOf(settings)
  const key = values.text('sse_customer_key')
  if (key === undefined) return {}
  return {
    SSECustomerAlgorithm: values.text('sse_customer_algorithm') ?? 'AES256',
    SSECustomerKey: key,
  }
}

function defined(named: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(named).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Record<string, string>
}
