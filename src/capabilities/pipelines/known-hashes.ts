import { posix } from 'node:path'
import type { PathHash } from '../datasets/index.ts'

/** Hashes of paths found in one run, by path from the root. */
export class KnownHashes {
  private readonly hashes = new Map<string, PathHash>()
  /** Paths that have a hash, by each of the folders that they lie in. */
  private readonly below = new Map<string, Set<string>>()

  get(path: string): PathHash | undefined {
    return this.hashes.get(path)
  }

  set(path: string, hash: PathHash): void {
    this.hashes.set(path, hash)
    for (const folder of foldersOf(path)) {
      const paths = this.below.get(folder)
      if (paths === undefined) this.below.set(folder, new Set([path]))
      else paths.add(path)
    }
  }

  /** The path, what it lies in and what lies in it is about to change. */
  forget(path: string): void {
    for (const each of [path, ...foldersOf(path), ...(this.below.get(path) ?? [])])
      this.delete(each)
  }

  clear(): void {
    this.hashes.clear()
    this.below.clear()
  }

  private delete(path: string): void {
    if (!this.hashes.delete(path)) return
    for (const folder of foldersOf(path)) this.below.get(folder)?.delete(path)
  }
}

function foldersOf(path: string): readonly string[] {
  const folders: string[] = []
  for (let at = posix.dirname(path); at !== '.' && at !== '/'; at = posix.dirname(at))
    folders.push(at)
  return folders
}
