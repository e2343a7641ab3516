import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashFile } from '../cache.ts'
import { encodeDirObject } from '../dir-object.ts'
import { reach } from '../fault-points.ts'
import type { PathHash } from '../hash-path.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { whileHolding } from '../remotes/memory.ts'
import { openRemote } from '../remotes/open.ts'
import { PART_BYTES } from '../remotes/parts.ts'
import type { CallOptions, Remote, UploadSource } from '../remotes/port.ts'
import { objectKey } from '../remotes/presence.ts'
import { withRetries } from '../remotes/retry.ts'
import type { ImportSource } from './source.ts'

export interface ToRemote extends CallOptions {
  /** The default one unless given. */
  readonly remote?: string | undefined
  /** Files under way at once. */
  readonly jobs?: number | undefined
  readonly onProgress?: ((done: number, total: number, bytes: number) => void) | undefined
}

/**
 * Sends all that lies at a source to the remote, hashed on the way, and keeps none of it here: the disk needs room for the
 * files under way only. The listing of a folder goes last. Returns what DVC records of it,
 * which is not whether it is a program.
 * @throws DATASET_REMOTE_…, DATASET_CHANGED_WHILE_READ
 */
export async function sendToRemote(
  project: DataProject,
  source: ImportSource,
  { remote: asked, jobs, signal, onProgress }: ToRemote,
): Promise<PathHash> {
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  const remote = await openRemote(project, asked)
  const sent: Sent[] = []
  let size = 0
  try {
    mkdirSync(folder, { recursive: true })
    await source.eachFile(
      async ({ relpath, path }) => {
        const one = await sendFile(project, remote, { path, signal })
        sent.push({ relpath, ...one })
        size += one.size
        onProgress?.(sent.length, sent.length, size)
        reach('to remote: file sent')
      },
      { folder, jobs: jobs ?? remote.jobs, signal },
    )
    reach('to remote: files sent')
    const [first] = sent
    if (first?.relpath === null) return { md5: first.md5, size: first.size }
    return await sendListing(remote, sent, { path: join(folder, 'listing'), signal })
  } finally {
    await remote.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Sent {
  readonly relpath: string | null
  readonly md5: string
  readonly size: number
}

interface Sending extends CallOptions {
  readonly path: string
}

async function sendFile(project: DataProject, remote: Remote, { path, signal }: Sending) {
  const { size } = statSync(path)
  const md5 = await hashFile(project, path, { signal })
  await sendObject(remote, objectKey(md5, false), { path, size, md5, signal })
  return { md5, size }
}

async function sendListing(
  remote: Remote,
  sent: readonly Sent[],
  { path, signal }: Sending,
): Promise<PathHash> {
  const entries = sent.map(({ relpath, md5 }) => ({ relpath: relpath ?? '', md5 }))
  const { oid, bytes } = encodeDirObject(entries)
  writeFileSync(path, bytes)
  const object = { path, size: bytes.length, md5: oid.slice(0, 32), signal }
  await sendObject(remote, objectKey(oid, false), object)
  return { md5: oid, size: sent.reduce((sum, { size }) => sum + size, 0), nfiles: sent.length }
}

// Its bytes are hashed once more while they are sent: a source that changes in between is refused.
async function sendObject(
  remote: Remote,
  key: string,
  { signal, ...source }: UploadSource & CallOptions,
): Promise<void> {
  const options = { signal }
  if ((await withRetries(() => remote.head(key, options), options)) !== null) return
  const whole = source.size <= PART_BYTES ? source.size : 0
  const send = () => remote.upload(key, source, options)
  await withRetries(() => whileHolding(whole, send), options)
}
