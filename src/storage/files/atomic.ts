import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file as a whole: readers see the old text or the new one, and the new one survives loss of power. */
export function writeFileAtomically(file: string, text: string, { sync = true } = {}): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const handle = openSync(temporary, 'w')
  try {
    // Not one write call: a disk that is nearly full takes a part and says nothing.
    writeFileSync(handle, text)
    if (sync) fsyncSync(handle)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, file)
}
