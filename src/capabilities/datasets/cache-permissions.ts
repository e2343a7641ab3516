import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** `cache.shared = group`: folders that the whole group may write to, whose content stays the group's. */
const GROUP_FOLDER = 0o2775
const GROUP_BITS = 0o2020
/** Of what is not protected, such as an entry of the run cache. */
export const GROUP_FILE = 0o664

/** Makes the top folders of a cache that a group shares, as DVC does; those below are made like the one above them. */
export function prepareSharedCache(cacheDir: string): void {
  for (const name of ['', 'files', 'files/md5', 'runs']) {
    const folder = join(cacheDir, name)
    if (existsSync(folder)) continue
    mkdirSync(folder, { recursive: true })
    shareFolder(folder)
  }
}

/** Makes a folder in a store, for the group where the folder that holds it is for the group. */
export function makeStoreFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeStoreFolder(parent)
  mkdirSync(folder, { recursive: true })
  shareLike(folder, parent)
}

/** Opens a folder to the group where `model`, the folder that it is for, is open to it. */
export function shareLike(folder: string, model: string): void {
  if ((statSync(model).mode & GROUP_BITS) === GROUP_BITS) shareFolder(folder)
}

/** Gives a folder that is whole its place in a store; false where there is one with something in it already. */
export function moveStoreFolder(from: string, to: string): boolean {
  try {
    shareLike(from, dirname(to))
    renameSync(from, to)
    return true
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY'].includes((error as { code?: string }).code ?? '')) return false
    throw error
  }
}

// What another member of the group made meanwhile is theirs to change, and is as it should be already.
function shareFolder(folder: string): void {
  try {
    chmodSync(folder, GROUP_FOLDER)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') throw error
  }
}
