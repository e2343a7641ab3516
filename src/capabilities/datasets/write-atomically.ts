import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { storageError } from '../../storage/errors.ts'

/** Replaces a file as a whole: temporary name, sync, rename. A reader sees the old text or the new. */
export function writeAtomically(path: string, text: string): void {
  const temporary = temporaryBeside(path)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o666
  try {
    const file = openSync(temporary, 'wx', mode & 0o777)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
}

function temporaryBeside(path: string): string {
  return join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`,
  )
}
