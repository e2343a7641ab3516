import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface FolderSize {
  readonly files: number
  readonly bytes: number
  /** When something in it last changed, in milliseconds. */
  readonly changedAt: number
}

/** What lies below a folder; links count by themselves and are not followed. */
export async function measureFolder(folder: string): Promise<FolderSize> {
  const found = await lstat(folder).catch(() => null)
  if (found === null) return { files: 0, bytes: 0, changedAt: 0 }
  if (!found.isDirectory()) return ofFile(found)
  let total: FolderSize = { files: 0, bytes: 0, changedAt: found.mtimeMs }
  for (const name of await readdir(folder)) {
    const { files, bytes, changedAt } = await measureFolder(join(folder, name))
    total = {
      files: total.files + files,
      bytes: total.bytes + bytes,
      changedAt: Math.max(total.changedAt, changedAt),
    }
  }
  return total
}

function ofFile({ size, ctimeMs }: Stats): FolderSize {
  return { files: 1, bytes: size, changedAt: ctimeMs }
}

/** The folder of a run or logged model, whose artifacts have this path; `null` when another store keeps them. */
export function ownFolder(id: string, path: string | null): string | null {
  return path?.endsWith(`${id}/artifacts`) === true ? path.slice(0, -'/artifacts'.length) : null
}

export interface OwnedFolder {
  /** Of the run or logged model that it is named for. */
  readonly id: string
  readonly path: string
}

/** Every folder that is named for a run or a logged model, whether or not there is one. */
export async function listOwnedFolders(root: string): Promise<readonly OwnedFolder[]> {
  const owned: OwnedFolder[] = []
  for (const experiment of await foldersOf(root)) {
    if (!/^\d+$/.test(experiment)) continue
    for (const id of await foldersOf(join(root, experiment)))
      if (/^[0-9a-f]{32}$/.test(id)) owned.push({ id, path: `${experiment}/${id}` })
    for (const id of await foldersOf(join(root, experiment, 'models')))
      if (/^m-[0-9a-f]{32}$/.test(id)) owned.push({ id, path: `${experiment}/models/${id}` })
  }
  return owned
}

async function foldersOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
