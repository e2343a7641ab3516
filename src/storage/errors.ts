import { defineErrors, RatchetError, errorMessage } from '../base/errors.ts'

export const storageErrors = defineErrors({
  STORAGE_FULL: {
    status: 507,
    exit: 69,
    title: 'There is no room left on the disk that holds the state.',
    next: 'Free space or move the state with --dir, then repeat the request; nothing acknowledged was lost.',
  },
  STORAGE_READ_ONLY: {
    status: 503,
    exit: 69,
    title: 'The state folder cannot be written.',
    next: 'Give this user write permission on the folder, or choose another with --dir.',
  },
  STORAGE_LOCKED: {
    status: 503,
    exit: 5,
    title: 'Another program holds the database.',
    next: 'Stop the other program (see `ratchet doctor`) or wait until it has finished.',
  },
  STORAGE_NEWER: {
    status: 500,
    exit: 2,
    title: 'The database was written by a newer Ratchet.',
    next: 'Use that version again, or restore the copy made before the upgrade.',
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    exit: 69,
    title: 'The database cannot be reached.',
    next: 'Check the address given with --store and that the server runs.',
  },
  STORAGE_TEXT: {
    status: 400,
    exit: 2,
    title: 'The database cannot take this text.',
    next: 'Leave out the character NUL; write a regular expression as PostgreSQL reads it. SQLite takes both.',
  },
  STORAGE_CORRUPT: {
    status: 500,
    exit: 70,
    title: 'A stored object is not what its name says.',
    next: 'Restore it from a remote or a copy; run `ratchet doctor` to see what is affected.',
  },
})

/** SQLite, PostgreSQL and the file system each have their own words for the same faults. */
export function storageError(error: unknown): unknown {
  if (error instanceof RatchetError) return error
  const text = errorMessage(error)
  const code = (error as { code?: unknown } | null)?.code
  const occurrence = { detail: text, cause: error }
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    code === '53100' ||
    /database or disk is full/.test(text)
  )
    return storageErrors.STORAGE_FULL(occurrence)
  if (
    code === 'EROFS' ||
    code === 'EACCES' ||
    code === 'ENOTDIR' ||
    code === 'EEXIST' ||
    /readonly database|unable to open/.test(text)
  )
    return storageErrors.STORAGE_READ_ONLY(occurrence)
  if (/database is locked/.test(text)) return storageErrors.STORAGE_LOCKED(occurrence)
  if (code === 'ECONNREFUSED' || code === '57P01' || code === '57P03')
    return storageErrors.STORAGE_UNAVAILABLE(occurrence)
  if (code !== undefined && REFUSED_TEXTS.has(String(code)))
    return storageErrors.STORAGE_TEXT(occurrence)
  return error
}

/** Of PostgreSQL: no character that it has, none that it can turn into another, no regular expression. */
const REFUSED_TEXTS = new Set(['22021', '22P05', '2201B'])
