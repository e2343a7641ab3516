import { existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { reach } from '../fault-points.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'

/** Makes a file or folder where nobody looks, on the same disk as its place, and puts it there once it is whole. */
export async function madeBeside(
  target: string,
  make: (staging: string) => Promise<void> | void,
  put: (staging: string, target: string) => void = replace,
): Promise<void> {
  const folder = temporaryFolder(dirname(target))
  const staging = join(folder, 'whole')
  try {
    mkdirSync(folder)
    await make(staging)
    if (!existsSync(staging)) mkdirSync(staging)
    reach('get: all is here')
    put(staging, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A file takes the place of a file at once. For a folder the place must be free: what was there goes with the unfinished.
function replace(staging: string, target: string): void {
  const aside = join(dirname(staging), 'before')
  const isFolder = [staging, target].some(
    (path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  )
  if (isFolder && existsSync(target)) renameSync(target, aside)
  reach('get: before its name')
  try {
    renameSync(staging, target)
  } catch (error) {
    if (existsSync(aside)) renameSync(aside, target)
    throw error
  }
  reach('get: named')
}
