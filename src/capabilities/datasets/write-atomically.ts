import {
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import { reach } from './fault-points.ts'
import { sweepUnfinished, temporaryBeside } from './unfinished.ts'

/** Replaces a file as a whole: temporary name, sync, rename. A reader sees the old text or the new. */
export function writeAtomically(path: string, text: string): void {
  sweepUnfinished(dirname(path))
  const temporary = temporaryBeside(path)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o666
  try {
    const file = openSync(temporary, 'wx', mode & 0o777)
    try {
      // Not one write call: a disk that is nearly full takes a part and says nothing.
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    reach('write: before the name')
    renameSync(temporary, path)
    reach('write: named')
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
}
