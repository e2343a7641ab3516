import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The file of a notebook of which a client knows the name only: the one that lies in the folder in which a kernel of Jupyter
 * runs now, as Jupyter and VS Code start them. Null where several could be meant, and where the system tells nobody what
 * runs (there is no `/proc`).
 */
export async function findNotebook(name: string): Promise<string | null> {
  if (!name.endsWith('.ipynb') || /[/\\\0]/.test(name)) return null
  const files = (await kernelFolders()).map((folder) => join(folder, name))
  const found = [...new Set(files)].filter((file) => existsSync(file))
  return found.length === 1 ? (found[0] ?? null) : null
}

async function kernelFolders(): Promise<readonly string[]> {
  const user = process.getuid?.()
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(ids.map((id) => kernelFolder(`/proc/${id}`, user)))
  return folders.filter((folder) => folder !== null)
}

// Of another user's process, and of one that has ended, there is nothing to read.
async function kernelFolder(place: string, user: number | undefined): Promise<string | null> {
  try {
    if (!/\bipykernel(_launcher)?\b/.test(await readFile(`${place}/cmdline`, 'latin1'))) return null
    if ((await stat(place)).uid !== user) return null
    return await readlink(`${place}/cwd`)
  } catch {
    return null
  }
}
