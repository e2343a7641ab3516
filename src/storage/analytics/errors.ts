import { defineErrors } from '../../base/errors.ts'

export const tableErrors = defineErrors({
  TABLE_MISSING: {
    status: 404,
    exit: 4,
    title: 'The data file does not exist.',
    next: 'Check the path; `ratchet checkout` brings back a file that only its version is known of.',
  },
  TABLE_NO_ACCESS: {
    status: 403,
    exit: 69,
    title: 'The data file may not be read.',
    next: 'Give this user read permission on the file, then repeat.',
  },
  TABLE_FORMAT_UNKNOWN: {
    status: 415,
    exit: 2,
    title: 'Tables of this kind cannot be read.',
    next: 'Use a file that ends in .csv, .tsv, .parquet, .json or .jsonl.',
  },
  TABLE_UNREADABLE: {
    status: 422,
    exit: 1,
    title: 'The file is not a well-formed table.',
    next: 'Repair the named line, or ask whoever delivers the file; nothing was taken from it.',
  },
})
