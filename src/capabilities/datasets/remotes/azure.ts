import { createHash } from 'node:crypto'
import type { ContainerClient } from '@azure/storage-blob'
import { datasetErrors } from '../errors.ts'
import { remoteFault, statusOf } from './faults.ts'
import { inRanges, PART_BYTES, sendInParts } from './parts.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import type { RemoteSettings } from './settings.ts'
import { abortable, bucketAddress, keyNames, type RemoteValues, valuesOf } from './values.ts'

const REQUESTS_AT_ONCE = 32
const MOST_BLOCKS = 50_000

interface Store {
  readonly container: ContainerClient
  readonly address: string
  readonly nameOf: (key: string) => string
  readonly keyOf: (name: string) => string
}

/** A container of Azure Blob Storage. `azure://container/folder` */
export async function openAzureRemote(settings: RemoteSettings): Promise<Remote> {
  const { bucket: name, folder } = bucketAddress(settings, 'azure://CONTAINER/FOLDER')
  const { inside, outside } = keyNames(folder)
  const service = await openService(valuesOf(settings), settings.name)
  const store: Store = {
    container: service.getContainerClient(name),
    address: settings.url,
    nameOf: inside,
    keyOf: outside,
  }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: REQUESTS_AT_ONCE,
    list: (prefix, options) => list(store, prefix, options?.signal),
    head: (key, options) => head(store, key, options?.signal),
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
  if (connection !== undefined) return azure.BlobServiceClient.fromConnectionString(connection)
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
    return new azure.BlobServiceClient(url, new azure.StorageSharedKeyCredential(account, key))
  const sas = values.text('sas_token')
  if (sas !== undefined) return new azure.BlobServiceClient(`${url}?${sas.replace(/^\?/, '')}`)
  if (values.flag('allow_anonymous_login') === true) return new azure.BlobServiceClient(url)
  const identity = await import('@azure/identity')
  const tenant = values.text('tenant_id')
  const client = values.text('client_id')
  const secret = values.text('client_secret')
  const credential =
    tenant !== undefined && client !== undefined && secret !== undefined
      ? new identity.ClientSecretCredential(tenant, client, secret)
      : new identity.DefaultAzureCredential()
  return new azure.BlobServiceClient(url, credential)
}

async function* list(
  { container, address, nameOf, keyOf }: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  try {
    const pages = container
      .listBlobsFlat({ prefix: nameOf(prefix), ...abortable(signal) })
      .byPage({ maxPageSize: 5000 })
    for await (const { segment } of pages)
      yield segment.blobItems.map((blob) => ({
        key: keyOf(blob.name),
        size: blob.properties.contentLength ?? 0,
        modifiedAt: blob.properties.lastModified.getTime(),
      }))
  } catch (error) {
    throw remoteFault(error, { address, key: prefix, signal })
  }
}

async function head(
  { container, address, nameOf }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<RemoteObject | null> {
  try {
    const found = await container.getBlobClient(nameOf(key)).getProperties(abortable(signal))
    return { key, size: found.contentLength ?? 0, ...quotedEtag(found.etag) }
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
  { container, address, nameOf }: Store,
  { key, source }: { readonly key: string; readonly source: UploadSource },
  options: TransferOptions,
): Promise<void> {
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
        await blob.stageBlock(id, bytes, bytes.length, {
          ...abortable(signal),
          transactionalContentMD5: createHash('md5').update(bytes).digest(),
        })
      },
      { ...options, partBytes },
    )
    await blob.commitBlockList(blocks, {
      ...abortable(signal),
      blobHTTPHeaders: { blobContentMD5: Buffer.from(source.md5, 'hex') },
    })
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}

async function* read(
  { container, address, nameOf }: Store,
  key: string,
  { signal, onBytes }: TransferOptions,
): AsyncGenerator<Uint8Array> {
  const blob = container.getBlobClient(nameOf(key))
  try {
    const { contentLength: size = 0, etag } = await blob.getProperties(abortable(signal))
    const conditions = etag === undefined ? {} : { ifMatch: etag }
    yield* inRanges({ from: 0, size }, async ({ first, last }) => {
      const bytes = await blob.downloadToBuffer(first, last - first + 1, {
        ...abortable(signal),
        conditions,
      })
      onBytes?.(bytes.length)
      return bytes
    })
  } catch (error) {
    if (statusOf(error) === 404)
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw remoteFault(error, { address, key, signal })
  }
}

async function remove(
  { container, address, nameOf }: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await container.getBlobClient(nameOf(key)).deleteIfExists(abortable(signal))
  } catch (error) {
    throw remoteFault(error, { address, key, signal })
  }
}
