import { readdir, stat } from 'node:fs/promises'
import { join, matchesGlob, relative, resolve } from 'node:path'
import { readDvcSettings } from '../config.ts'
import { openRemote } from '../remotes/open.ts'
import type { Remote } from '../remotes/port.ts'
import { remoteNames, remoteSettings } from '../remotes/settings.ts'
import { placeOf } from './place.ts'
import type { ListedFile } from './schema.ts'

/** All files that a pattern means. Whatever keeps a part of them from being listed is thrown: silence is not "none". */
export function listFiles(
  projectRoot: string,
  pattern: string,
  signal: AbortSignal,
): Promise<readonly ListedFile[]> {
  const { base, glob, remote } = placeOf(pattern)
  if (remote) return listRemote(projectRoot, { base, glob, signal })
  return listFolder(projectRoot, resolve(projectRoot, base), glob)
}

async function listFolder(
  projectRoot: string,
  folder: string,
  glob: string,
): Promise<readonly ListedFile[]> {
  const entries = await readdir(folder, { recursive: glob.includes('/'), withFileTypes: true })
  const files: ListedFile[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isDirectory() && matchesGlob(relative(folder, path), glob)) {
      const found = await statIfThere(path)
      if (found?.isFile() === true)
        files.push({
          path: relative(projectRoot, path),
          size: found.size,
          modifiedAt: Math.floor(found.mtimeMs),
        })
    }
  }
  return files
}

async function statIfThere(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    // Removed since the listing: then it is not there.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

interface Listing {
  readonly base: string
  readonly glob: string
  readonly signal: AbortSignal
}

async function listRemote(
  projectRoot: string,
  { base, glob, signal }: Listing,
): Promise<readonly ListedFile[]> {
  const { remote, prefix } = await openFor(projectRoot, base)
  try {
    const files: ListedFile[] = []
    for await (const batch of remote.list(prefix, { signal }))
      for (const { key, size, modifiedAt } of batch) {
        const name = key.slice(prefix.length)
        if (matchesGlob(name, glob))
          files.push({ path: `${base}/${name}`, size, modifiedAt: modifiedAt ?? null })
      }
    return files
  } finally {
    await remote.close()
  }
}

/** The configured remote that the address lies in, for its credentials and endpoint; else the address by itself. */
async function openFor(
  projectRoot: string,
  base: string,
): Promise<{ readonly remote: Remote; readonly prefix: string }> {
  const settings = readDvcSettings(projectRoot)
  const named = /^remote:\/\/([^/]+)\/?(.*)$/.exec(base)
  if (named !== null)
    return { remote: await openRemote({ settings }, named[1]), prefix: asPrefix(named[2] ?? '') }
  for (const name of remoteNames(settings)) {
    const { url } = remoteSettings(settings, name)
    if (`${base}/`.startsWith(`${url.replace(/\/+$/, '')}/`)) {
      const rest = base.slice(url.replace(/\/+$/, '').length + 1)
      return { remote: await openRemote({ settings }, name), prefix: asPrefix(rest) }
    }
  }
  return { remote: await openRemote({ settings }, base), prefix: '' }
}

function asPrefix(folder: string): string {
  return folder === '' ? '' : `${folder}/`
}
