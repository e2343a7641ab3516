import { defineErrors } from '../../base/errors.ts'

export const blobErrors = defineErrors({
  BLOB_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'No stored object has this hash.',
    next: 'Restore it from a remote or a copy of the state folder; `ratchet doctor` lists what is missing.',
  },
  BLOB_DIGEST_INVALID: {
    status: 400,
    exit: 2,
    title: 'This is not the hash of a stored object.',
    next: 'Use the 64 hexadecimal digits of a SHA-256.',
  },
})
