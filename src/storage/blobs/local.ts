import { createReadStream } from 'node:fs'
import { open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../base/hash.ts'
import { storageError, storageErrors } from '../errors.ts'
import { writeDurably } from './durable-file.ts'
import { blobErrors } from './errors.ts'
import type { Blobs } from './port.ts'

/** Blobs as files `ab/cdef…` below `folder`, by the first two digits of their hash. */
export function localBlobs(folder: string): Blobs {
  const fileOf = (digest: string): string => {
    // Also keeps names inside the folder: a hash has no dots and no slashes.
    if (!/^[0-9a-f]{64}$/.test(digest)) throw blobErrors.BLOB_DIGEST_INVALID({ detail: digest })
    return join(folder, digest.slice(0, 2), digest.slice(2))
  }
  return {
    put: (content) => writeDurably(folder, content, ({ digest }) => fileOf(digest)),
    open: async (digest) => {
      const handle = await found(digest, open(fileOf(digest), 'r'))
      return createReadStream('', { fd: handle })
    },
    read: async (digest) => {
      const bytes = await found(digest, readFile(fileOf(digest)))
      if (sha256(bytes) === digest) return bytes
      throw storageErrors.STORAGE_CORRUPT({ detail: `The bytes of ${digest} have another hash.` })
    },
    list: () => listBlobs(folder),
    has: async (digest) => {
      const file = fileOf(digest)
      return stat(file).then(() => true, missing)
    },
    delete: async (digest) => rm(fileOf(digest), { force: true }),
    path: async (digest) => {
      await found(digest, stat(fileOf(digest)))
      return fileOf(digest)
    },
  }
}

async function* listBlobs(folder: string): ReturnType<Blobs['list']> {
  for (const start of await readdir(folder).catch(() => [])) {
    if (!/^[0-9a-f]{2}$/.test(start)) continue
    for (const rest of await readdir(join(folder, start))) {
      const found = await stat(join(folder, start, rest)).catch(() => null)
      const digest = `${start}${rest}`
      if (found === null || !/^[0-9a-f]{64}$/.test(digest)) continue
      yield { digest, size: found.size, storedAt: found.ctimeMs }
    }
  }
}

function missing(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false
  throw storageError(error)
}

async function found<T>(digest: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw blobErrors.BLOB_UNKNOWN({ detail: digest })
    throw storageError(error)
  }
}
