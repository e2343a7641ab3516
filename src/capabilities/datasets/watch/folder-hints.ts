import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Says that something happened in a folder. It is a hint: some may be missing, and some mean nothing. */
export interface FolderHints {
  /** Follows folders that came, went or were put in place of others since. */
  readonly refresh: () => void
  readonly close: () => void
}

interface Watched {
  readonly watcher: FSWatcher
  readonly inode: number
}

// The kernel lends a user some thousands of watches; other programs need theirs.
const MOST_FOLDERS = 512

/** `deep`: folders below it too. A folder that is not there yet, or cannot be watched, gives no hints. */
export function watchFolder(folder: string, deep: boolean, onHint: () => void): FolderHints {
  const watched = new Map<string, Watched>()
  const drop = (path: string): void => {
    watched.get(path)?.watcher.close()
    watched.delete(path)
  }
  const refresh = (): void => {
    const there = new Map(foldersFrom(folder, deep))
    for (const [path, { inode }] of watched) if (there.get(path) !== inode) drop(path)
    for (const [path, inode] of there) {
      if (watched.has(path)) continue
      const watcher = tryWatch(path, onHint, () => drop(path))
      // The user's watches are used up, most likely: further tries would fail as well.
      if (watcher === null) break
      watched.set(path, { watcher, inode })
    }
  }
  refresh()
  return {
    refresh,
    close: () => {
      for (const path of watched.keys()) drop(path)
    },
  }
}

function tryWatch(path: string, onHint: () => void, onEnd: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, onHint)
    watcher.once('error', onEnd)
    return watcher
  } catch {
    return null
  }
}

/** The folder and those below it with their inodes, the upper ones first. */
function foldersFrom(top: string, deep: boolean): readonly (readonly [string, number])[] {
  const found: (readonly [string, number])[] = []
  const waiting = [top]
  for (const path of waiting) {
    const inode = inodeOf(path)
    if (inode === null) continue
    found.push([path, inode])
    if (found.length >= MOST_FOLDERS) break
    if (deep) waiting.push(...foldersIn(path))
  }
  return found
}

function foldersIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name))
  } catch {
    return []
  }
}

function inodeOf(path: string): number | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isDirectory() === true ? found.ino : null
  } catch {
    return null
  }
}
