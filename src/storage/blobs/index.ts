export { replaceDurably, type WriteOptions, writeDurably } from './durable-file.ts'
export { blobErrors } from './errors.ts'
export { localBlobs } from './local.ts'
export type { Blob, Blobs } from './port.ts'
