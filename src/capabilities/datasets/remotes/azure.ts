import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type * as Identity from '@azure/identity'
import type {
  BlobClient,
  BlobRequestConditions,
  ContainerClient,
  ContainerListBlobFlatSegmentResponse,
} from '@azure/storage-blob'
import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { followPages } from './follow-pages.ts'
import { type ByteRange, inRanges, PART_BYTES, sendInParts } from './parts.ts'
import type {
  ReadOptions,
  Remote,
  RemoteObject,
  TransferOptions,
  Uploaded,
  UploadSource,
} from './port.ts'
import { withRetries } from './retry.ts'
import type { RemoteSettings } from './settings.ts'
import { SILENT_MS, whileHeard } from './silence.ts'
import { bucketAddress, keyNames, type RemoteValues, valuesOf } from './values.ts'

const REQUESTS_AT_ONCE = 32
const MOST_BLOCKS = 50_000
const RANGE_ATTEMPTS = 3
const PIECE_BYTES = 64 * 1024

/** Tries of the library, below ours: its own would wait for minutes before it says that nobody answers. */
const LIBRARY = {
  retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000 },
}

interface Store {
  readonly container: ContainerClient
  readonly address: string
  readonly nameOf: (key: string) => string
  readonly keyOf: (name: string) => string
  /** How long the service may be silent. */
  readonly silentMs: number
}

/** A container of Azure Blob Storage. `azure://container/folder` */
export async function openAzureRemote(settings: RemoteSettings): Promise<Remote> {
  const { bucket: name, folder } = bucketAddress(settings, 'azure://CONTAINER/FOLDER')
  const { inside, outside } = keyNames(folder)
  const values = valuesOf(settings)
  const service = await openService(values, settings.name)
  const seconds = values.number('read_timeout') ?? values.number('timeout')
  const store: Store = {
    container: service.getContainerClient(name),
    address: settings.url,
    nameOf: inside,
    keyOf: outside,
    silentMs: seconds === undefined ? SILENT_MS : seconds * 1000,
  }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: REQUESTS_AT_ONCE,
    list: (prefix, options) => list(store, prefix, options?.signal),
    head: (key, options = {}) => head(store, key, options),
    upload: (key, source, options = {}) => upload(store, { key, source }, options),
    open: (key, options = {}) => read(store, key, options),
    delete: async (keys, options) => {
      for (const key of keys) await remove(store, key, options?.signal)
    },
    close: async () => {},
  }
}

/** The ways in that DVC knows, in its order: connection string, key, shared access, application, the user's own login. */
async function openService(values: RemoteValues, name: string) {
  const azure = await import('@azure/storage-blob')
  const connection = values.text('connection_string')
  if (connection !== undefined)
    return azure.BlobServiceClient.fromConnectionString(connection, LIBRARY)
  const account = values.text('account_name')
  if (account === undefined)
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: `remote "${name}" says neither connection_string nor account_name`,
      path: `remote.${name}.account_name`,
      next: `Say which storage account it is: \`ratchet remote modify ${name} account_name ACCOUNT\`.`,
    })
  const url = `https://${account}.blob.core.windows.net`
  const key = values.text('account_key')
  if (key !== undefined)
    return new azure.BlobServiceClient(
      url,
      new azure.StorageSharedKeyCredential(account, key),
      LIBRARY,
    )
  const sas = values.text('sas_token')
  if (sas !== undefined)
    return new azure.BlobServiceClient(`${url}?${sas.replace(/^\?/, '')}`, undefined, LIBRARY)
  if (values.flag('allow_anonymous_login') === true)
    return new azure.BlobServiceClient(url, undefined, LIBRARY)
  const identity = await import('@azure/identity')
  const tenant = values.text('tenant_id')
  const client = values.text('client_id')
  const secret = values.text('client_secret')
  const credential =
    tenant !== undefined && client !== undefined && secret !== undefined
      ? new identity.ClientSecretCredential(tenant, client, secret)
      : loginOf(identity, values)
  return new azure.BlobServiceClient(url, credential, LIBRARY)
}

// What a person or a machine is logged in as, without what is excluded. The library has no token cache that is shared,
// and asks VS Code only by a plugin: to exclude these two changes nothing.
function loginOf(identity: typeof Identity, values: RemoteValues): Identity.TokenCredential {
  const excludes = (kind: string): boolean => values.flag(`exclude_${kind}_credential`) === true
  const [environment, machine] = [excludes('environment'), excludes('managed_identity')]
  if (!environment && !machine) return new identity.DefaultAzureCredential()
  return new identity.ChainedTokenCredential(
    ...(environment ? [] : [new identity.EnvironmentCredential()]),
    ...(machine ? [] : [new identity.ManagedIdentityCredential()]),
    new identity.AzureCliCredential(),
    new identity.AzurePowerShellCredential(),
    new identity.AzureDeveloperCliCredential(),
  )
}

async function* list(
  { container, address, nameOf, keyOf, silentMs }: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  const pages = followPages(`${address}: ${prefix}`)
  let continuationToken: string | undefined
  try {
    do {
      const { segment, continuationToken: next } = await whileHeard(
        { silentMs, signal },
        async (stop) => {
          const asked = container
            .listBlobsFlat({ prefix: nameOf(prefix), abortSignal: stop })
            .byPage({ maxPageSize: 5000, ...(continuationToken ? { continuationToken } : {}) })
          return (await asked.next()).value as ContainerListBlobFlatSegmentResponse
        },
      )
      continuationToken = next === '' ? undefined : next
      const objects = segment.blobItems.map((blob) => ({
        key: keyOf(blob.name),
        size: blob.properties.contentLength ?? 0,
        modifiedAt: blob.properties.lastModified.getTime(),
        ...quotedEtag(blob.properties.etag),
      }))
      pages(objects, continuationToken)
      yield objects
    } while (continuationToken !== undefined)
  } catch (error) {
    throw remoteFault(error, { address, key: prefix, signal })
  }
}

function blobOf({ container, nameOf }: Store, key: string, { version }: ReadOptions): BlobClient {
  const blob = container.getBlobClient(nameOf(key))
  return version === undefined ? blob : blob.withVersion(version)
}

async function head(store: Store, key: string, options: ReadOptions): Promise<RemoteObject | null> {
  const { address, silentMs } = store
  const { signal } = options
  try {
    const blob = blobOf(store, key, options)
    const found = await whileHeard({ silentMs, signal }, (abortSignal) =>
      blob.getProperties({ abortSignal }),
    )
    const { contentLength: size = 0, etag, versionId: version } = found
    return { key, size, version, ...quotedEtag(etag) }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw remoteFault(error, { address, key, signal })
  }
}

// As DVC writes it, whether the service quotes it or not.
function quotedEtag(etag: string | undefined): { readonly etag?: string } {
  if (etag === undefined) return {}
  return { etag: etag.startsWith('"') ? etag : `"${etag}"` }
}

// Blocks are no blob until they are named in a list, which is sent when all of them have arrived and the whole is right.
async function upload(
  { container, address, nameOf, silentMs }: Store,
  { key, source }: { readonly key: string; readonly source: UploadSource },
  options: TransferOptions,
): Promise<Uploaded> {
  const { signal } = options
  const blob = container.getBlockBlobClient(nameOf(key))
  const partBytes = Math.max(PART_BYTES, Math.ceil(source.size / MOST_BLOCKS))
  const blocks: string[] = []
  try {
    await sendInParts(
      source,
      async ({ number, bytes }) => {
        const id = Buffer.from(String(number).padStart(8, '0')).toString('base64')
        blocks[number - 1] = id
        if (bytes.length === 0) return void blocks.pop()
        const transactionalContentMD5 = createHash('md5').update(bytes).digest()
        await whileHeard({ silentMs, signal }, (abortSignal, heard) => {
          const body = (): Readable => Readable.from(piecesOf(bytes, heard))
          const asked = { abortSignal, transactionalContentMD5 }
          return blob.stageBlock(id, body, bytes.length, asked)
        })
      },
      { ...options, partBytes },
    )
    const blobHTTPHeaders = { blobContentMD5: Buffer.from(source.md5, 'hex') }
    const made = await whileHeard({ silentMs, signal }, (abortSignal) =>
      blob.commitBlockList(blocks, { abortSignal, blobHTTPHeaders }),
    )
    return { version: made.versionId, ...quotedEtag(made.etag) }
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

// As the line takes them, so that a slow one is not taken for silence.
function* piecesOf(bytes: Buffer, heard: () => void): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    heard()
    yield bytes.subarray(start, start + PIECE_BYTES)
  }
}

async function* read(store: Store, key: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { address, silentMs } = store
  const { signal, onBytes } = options
  const blob = blobOf(store, key, options)
  try {
    const { contentLength: size = 0, etag } = await whileHeard(
      { silentMs, signal },
      (abortSignal) => blob.getProperties({ abortSignal }),
    )
    const conditions = etag === undefined ? {} : { ifMatch: etag }
    yield* inRanges({ from: 0, size }, async (range) => {
      const one = () => fetchRange({ blob, address, silentMs }, { ...range, conditions }, signal)
      const bytes = await withRetries(one, { signal, attempts: RANGE_ATTEMPTS })
      onBytes?.(bytes.length)
      return bytes
    })
  } catch (error) {
    if (statusOf(error) === 404)
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw remoteFault(error, { address, key, signal })
  }
}

interface RangeOf extends ByteRange {
  /** The other ranges are of the same object. */
  readonly conditions: BlobRequestConditions
}

// Tried again by itself, so that a line that drops costs no more than this.
async function fetchRange(
  { blob, address, silentMs }: Pick<Store, 'address' | 'silentMs'> & { readonly blob: BlobClient },
  { first, last, conditions }: RangeOf,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const count = last - first + 1
    return await whileHeard({ silentMs, signal }, (abortSignal, onProgress) =>
      blob.downloadToBuffer(first, count, {
        abortSignal,
        onProgress,
        conditions,
        blockSize: PART_BYTES,
      }),
    )
  } catch (error) {
    if (statusOf(error) === 404) throw error
    throw remoteFault(error, { address, signal })
  }
}

async function remove(
  { container, address, nameOf, silentMs }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const blob = container.getBlobClient(nameOf(key))
    await whileHeard({ silentMs, signal }, (abortSignal) => blob.deleteIfExists({ abortSignal }))
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}
