import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { Remote, RemoteObject, TransferOptions, UploadSource } from './port.ts'
import type { RemoteSettings } from './settings.ts'

/** Where objects are written before they have their name: outside the folders whose names are hashes. */
export const TEMPORARY_FOLDER = '.ratchet-tmp'

/** A remote that is a folder of this machine, or one that is mounted. */
export function openLocalRemote({ name, url }: RemoteSettings): Remote {
  const folder = url.replace(/^file:\/\//, '')
  const pathOf = (key: string): string => join(folder, ...checkKey(key).split('/'))
  let unfinished: string | null = null
  // Made for the first upload, which also sweeps what killed processes left.
  const unfinishedFolder = (): string => {
    unfinished ??= temporaryFolder(join(folder, TEMPORARY_FOLDER))
    return unfinished
  }
  return {
    name,
    address: folder,
    canList: true,
    jobs: 4 * availableParallelism(),
    folder,
    list: (prefix, options) => listFolder(folder, prefix, options?.signal),
    head: async (key) => {
      const stats = await orNull(stat(pathOf(key)))
      return stats?.isFile() === true ? { key, size: stats.size } : null
    },
    upload: (key, source, options) =>
      upload({ unfinished: unfinishedFolder(), target: pathOf(key) }, source, options),
    open: (key, options) => readObject(pathOf(key), key, options),
    delete: async (keys) => {
      for (const key of keys) await rm(pathOf(key), { force: true })
    },
    close: async () => {
      if (unfinished !== null) await rm(unfinished, { recursive: true, force: true })
    },
  }
}

function checkKey(key: string): string {
  const wrong = key.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (wrong || key.includes('\0') || (sep === '\\' && key.includes('\\')))
    throw datasetErrors.DATASET_OUTSIDE({ detail: `"${key}" is no name of an object`, path: key })
  return key
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw storageError(error)
  }
}

async function* listFolder(
  folder: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RemoteObject[]> {
  const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const start = prefix.slice(parent.length)
  signal?.throwIfAborted()
  const entries: readonly Dirent[] =
    (await orNull(readdir(join(folder, parent), { withFileTypes: true }))) ?? []
  const found: RemoteObject[] = []
  for (const entry of entries) {
    if (!entry.name.startsWith(start) || entry.name === TEMPORARY_FOLDER) continue
    const key = parent + entry.name
    if (entry.isDirectory()) yield* listFolder(folder, `${key}/`, signal)
    else {
      const stats = await orNull(stat(join(folder, key)))
      if (stats?.isFile() === true)
        found.push({ key, size: stats.size, modifiedAt: Math.max(stats.mtimeMs, stats.ctimeMs) })
    }
  }
  if (found.length > 0) yield found
}

async function upload(
  { unfinished, target }: { readonly unfinished: string; readonly target: string },
  { path, md5 }: UploadSource,
  { signal, onBytes }: TransferOptions = {},
): Promise<void> {
  const temporary = join(unfinished, randomBytes(8).toString('hex'))
  try {
    await mkdir(dirname(temporary), { recursive: true })
    await mkdir(dirname(target), { recursive: true })
    const hash = createHash('md5')
    // Read-only is how DVC marks an object as verified, in a folder that is a remote too.
    const handle = await open(temporary, 'wx', 0o444)
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
        hash.update(chunk as Buffer)
        await handle.writeFile(chunk as Buffer)
        onBytes?.((chunk as Buffer).length)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    const sent = hash.digest('hex')
    if (sent !== md5)
      throw datasetErrors.DATASET_OBJECT_CORRUPT({ detail: `${path} has MD5 ${sent}`, path })
    reach('remote: before the name')
    await rename(temporary, target)
    reach('remote: named')
  } catch (error) {
    await rm(temporary, { force: true })
    throw storageError(error)
  }
}

async function* readObject(
  path: string,
  key: string,
  { signal, onBytes }: TransferOptions = {},
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      onBytes?.((chunk as Buffer).length)
      yield chunk as Buffer
    }
  } catch (error) {
    const absent = ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as { code?: string }).code ?? '')
    throw absent
      ? datasetErrors.DATASET_REMOTE_MISSING({ detail: key, path, cause: error })
      : storageError(error)
  }
}
