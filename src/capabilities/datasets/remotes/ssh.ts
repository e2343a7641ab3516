import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { datasetErrors } from '../errors.ts'
import { remoteFault } from './faults.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import type { RemoteSettings } from './settings.ts'
import type { Sftp } from './sftp-files.ts'
import { STATUS } from './sftp-packets.ts'
import { SftpFault } from './sftp-session.ts'
import { connectBySsh } from './ssh-process.ts'

/** Where objects are written before they have their name: outside the folders whose names are hashes. */
const TEMPORARY_FOLDER = '.ratchet-tmp'
const FILES_AT_ONCE = 32

interface Place {
  readonly sftp: Sftp
  readonly address: string
  /** Absolute, without a slash at its end. */
  readonly folder: string
  /** Makes a folder and those above it, once. */
  readonly makeFolders: (path: string) => Promise<void>
}

/** A folder of another machine, given up when it says nothing for so long. `ssh://user@host:port/folder` */
export async function openSshRemote(
  settings: RemoteSettings,
  { silentMs }: { readonly silentMs?: number } = {},
): Promise<Remote> {
  const { sftp, close } = await connectBySsh(settings, silentMs)
  const folder = decodeURIComponent(new URL(settings.url).pathname).replace(/\/+$/, '')
  const place: Place = { sftp, address: settings.url, folder, makeFolders: folderMaker(sftp) }
  return {
    name: settings.name,
    address: settings.url,
    canList: true,
    jobs: FILES_AT_ONCE,
    list: (prefix, options) => list(place, prefix, options?.signal),
    head: (key) => head(place, key),
    upload: (key, source, options = {}) => upload(place, { key, source }, options),
    open: (key, options = {}) => read(place, key, options),
    delete: async (keys) => {
      for (const key of keys) await told(place, key, sftp.remove(`${folder}/${key}`))
    },
    close,
  }
}

function folderMaker(sftp: Sftp): (path: string) => Promise<void> {
  const made = new Map<string, Promise<void>>()
  const make = (path: string): Promise<void> => {
    const known = made.get(path)
    if (known !== undefined) return known
    const parent = path.slice(0, path.lastIndexOf('/'))
    const making = (async () => {
      if ((await sftp.stat(path))?.kind === 'folder') return
      if (parent !== '') await make(parent)
      await sftp.makeFolder(path)
    })()
    made.set(path, making)
    making.catch(() => made.delete(path))
    return making
  }
  return make
}

async function told<T>({ address }: Place, key: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw sshFault(error, { address, key })
  }
}

function sshFault(
  error: unknown,
  place: {
    readonly address: string
    readonly key: string
    readonly signal?: AbortSignal | undefined
  },
): unknown {
  if (!(error instanceof SftpFault) || place.signal?.aborted === true)
    return remoteFault(error, place)
  const occurrence = { detail: `${place.address}: ${place.key}: ${error.message}`, cause: error }
  return error.code === STATUS.permissionDenied
    ? datasetErrors.DATASET_REMOTE_REFUSED(occurrence)
    : datasetErrors.DATASET_REMOTE_UNREACHABLE({
        ...occurrence,
        next: 'Look at the folder on that machine: is there room, and may this user write?',
      })
}

async function* list(
  place: Place,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  signal?.throwIfAborted()
  const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const start = prefix.slice(parent.length)
  const path = `${place.folder}/${parent}`.replace(/\/+$/, '')
  const names = await told(place, prefix, place.sftp.list(path === '' ? '/' : path))
  const mine = names.filter(({ name }) => name.startsWith(start) && name !== TEMPORARY_FOLDER)
  const files = mine.filter(({ kind }) => kind === 'file')
  if (files.length > 0)
    yield files.map(({ name, size, modifiedAt }) => ({ key: parent + name, size, modifiedAt }))
  for (const { name, kind } of mine)
    if (kind === 'folder') yield* list(place, `${parent}${name}/`, signal)
}

async function head(place: Place, key: string): Promise<RemoteObject | null> {
  const found = await told(place, key, place.sftp.stat(`${place.folder}/${key}`))
  return found?.kind === 'file' ? { key, size: found.size } : null
}

async function upload(
  { sftp, address, folder, makeFolders }: Place,
  { key, source }: { readonly key: string; readonly source: UploadSource },
  options: TransferOptions,
): Promise<void> {
  const target = `${folder}/${key}`
  const temporary = `${folder}/${TEMPORARY_FOLDER}/${randomBytes(8).toString('hex')}`
  try {
    await makeFolders(`${folder}/${TEMPORARY_FOLDER}`)
    const hash = createHash('md5')
    await sftp.write(temporary, hashed(source.path, hash, options))
    const sent = hash.digest('hex')
    if (sent !== source.md5)
      throw datasetErrors.DATASET_OBJECT_CORRUPT({
        detail: `${source.path} has MD5 ${sent}, and should have ${source.md5}`,
        path: source.path,
      })
    await makeFolders(target.slice(0, target.lastIndexOf('/')))
    await sftp.rename(temporary, target)
  } catch (error) {
    // The first fault is the one to tell; the name of what is left says that it is nothing.
    await sftp.remove(temporary).catch(() => null)
    throw sshFault(error, { address, key, signal: options.signal })
  }
}

async function* hashed(
  path: string,
  hash: ReturnType<typeof createHash>,
  { signal, onBytes }: TransferOptions,
): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer)
    yield chunk as Buffer
    onBytes?.((chunk as Buffer).length)
  }
}

async function* read(
  { sftp, address, folder }: Place,
  key: string,
  { signal, onBytes }: TransferOptions,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of sftp.read(`${folder}/${key}`)) {
      signal?.throwIfAborted()
      onBytes?.(piece.length)
      yield piece
    }
  } catch (error) {
    if (error instanceof SftpFault && error.code === STATUS.noSuchFile)
      throw datasetErrors.DATASET_REMOTE_MISSING({ detail: `${address}: ${key}`, cause: error })
    throw sshFault(error, { address, key, signal })
  }
}
