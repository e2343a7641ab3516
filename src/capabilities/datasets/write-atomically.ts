import {
  closeSync,
  fsync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { storageError } from '../../storage/errors.ts'
import { reach } from './fault-points.ts'
import { sweepUnfinished, temporaryBeside } from './unfinished.ts'

/**
 * Replaces a file as a whole: temporary name, sync, rename. A reader sees the old text or the new. `newMode` is of a new
 * file; one that is there keeps its own.
 */
export function writeAtomically(path: string, text: string, newMode = 0o666): void {
  const draft = openDraft(path, newMode)
  try {
    // Not one write call: a disk that is nearly full takes a part and says nothing.
    writeFileSync(draft.file, text)
    fsyncSync(draft.file)
  } catch (error) {
    throw givenUp(draft, error)
  }
  takePlace(draft)
}

const syncInBackground = promisify(fsync)

/** The same, while the caller's thread does other work as long as the disk takes. */
export async function writeAtomicallyInBackground(path: string, text: string): Promise<void> {
  const draft = openDraft(path)
  try {
    // Not one write call: a disk that is nearly full takes a part and says nothing.
    writeFileSync(draft.file, text)
    await syncInBackground(draft.file)
  } catch (error) {
    throw givenUp(draft, error)
  }
  takePlace(draft)
}

/** What will be the file, under a name that nobody looks at. */
interface Draft {
  readonly path: string
  readonly temporary: string
  readonly file: number
}

function openDraft(path: string, newMode = 0o666): Draft {
  sweepUnfinished(dirname(path))
  const temporary = temporaryBeside(path)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? newMode
  try {
    return { path, temporary, file: openSync(temporary, 'wx', mode & 0o777) }
  } catch (error) {
    throw storageError(error)
  }
}

function takePlace({ path, temporary, file }: Draft): void {
  closeSync(file)
  try {
    reach('write: before the name')
    renameSync(temporary, path)
    reach('write: named')
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
}

function givenUp({ temporary, file }: Draft, error: unknown): unknown {
  closeSync(file)
  rmSync(temporary, { force: true })
  return storageError(error)
}
