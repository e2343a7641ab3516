import type { Readable } from 'node:stream'

export interface Blob {
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly digest: string
  /** In bytes. */
  readonly size: number
}

/** Content that is named by its hash: written once, never changed, shared by whoever stores the same bytes. */
export interface Blobs {
  /** Durable when the promise resolves. Storing what is already there costs a read and changes nothing. */
  readonly put: (content: Uint8Array | AsyncIterable<Uint8Array>) => Promise<Blob>
  /** @throws BLOB_UNKNOWN */
  readonly open: (digest: string) => Promise<Readable>
  /** The whole content, checked against its name. @throws BLOB_UNKNOWN, STORAGE_CORRUPT */
  readonly read: (digest: string) => Promise<Uint8Array>
  /** All there is, in no order; `storedAt` in milliseconds. */
  readonly list: () => AsyncIterable<Blob & { readonly storedAt: number }>
  readonly has: (digest: string) => Promise<boolean>
  /** Deleting what is not there is no error. */
  readonly delete: (digest: string) => Promise<void>
  /** A file on this machine that holds the content; not to be written to. @throws BLOB_UNKNOWN */
  readonly path: (digest: string) => Promise<string>
}
