import { statSync } from 'node:fs'
import { cachePath, isCached } from '../cache.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import type { DataProject } from '../project.ts'
import { whileHolding } from '../remotes/memory.ts'
import { PART_BYTES } from '../remotes/parts.ts'
import { eachAtOnce, type Remote } from '../remotes/port.ts'
import { withRetries } from '../remotes/retry.ts'
import { md5Of, type TransferOptions } from '../remotes/transfer.ts'
import type { SelectedOut } from '../targets.ts'
import { filesOf, isAskedFor, nameOf } from './files-of.ts'
import { presentVersions } from './presence.ts'
import type { RecordedFile } from './recorded-files.ts'

/** An out whose files are to be recorded with their versions. */
export interface VersionedOut {
  readonly out: SelectedOut
  readonly files: readonly RecordedFile[]
}

export interface PushedVersions {
  readonly pushed: number
  /** Names of files that neither the cache nor the remote has. */
  readonly missing: readonly string[]
}

export interface PushVersionsOptions extends TransferOptions {
  /** Told of what the remote has; of what has come also when a later file failed, so that it is not sent again. */
  readonly record: (outs: readonly VersionedOut[]) => Promise<void>
}

/**
 * Sends files under their own names to a remote that keeps versions, as far as it does not have the version that is
 * recorded. What it keeps of other versions is never touched: an older commit that is pushed again changes nothing
 * there.
 * @throws DATASET_REMOTE_UNSUPPORTED when the store keeps no versions, DATASET_OBJECT_CORRUPT, DATASET_REMOTE_…
 */
export async function pushVersions(
  project: DataProject,
  remote: Remote,
  outs: readonly SelectedOut[],
  { record, ...options }: PushVersionsOptions,
): Promise<PushedVersions> {
  const missing: string[] = []
  const sending: Sending[] = []
  const listed: VersionedOut[] = []
  for (const out of outs) {
    const files = filesOf(project, out)
    if (files === null) {
      if (out.hash !== null) missing.push(out.hash.md5)
      continue
    }
    listed.push({ out, files })
    const present = await presentVersions(remote, out, { ...options, files })
    for (const file of files)
      if (!isAskedFor(out, file) || present.has(file)) continue
      else if (isCached(project, file.md5, undefined, out.hash?.legacy)) sending.push({ out, file })
      else missing.push(nameOf(out, file))
  }
  const sent = new Map<RecordedFile, RecordedFile>()
  const known = (file: RecordedFile): RecordedFile => sent.get(file) ?? file
  try {
    await sendAll(project, remote, { sending, sent, options })
    reach('push: versions sent')
  } catch (error) {
    const begun = listed.filter(({ files }) => files.some((file) => sent.has(file)))
    await record(begun.map(({ out, files }) => ({ out, files: files.map(known) })))
    throw error
  }
  await record(listed.map(({ out, files }) => ({ out, files: files.map(known) })))
  return { pushed: sent.size, missing }
}

interface Sending {
  readonly out: SelectedOut
  readonly file: RecordedFile
}

async function sendAll(
  project: DataProject,
  remote: Remote,
  {
    sending,
    sent,
    options,
  }: {
    readonly sending: readonly Sending[]
    readonly sent: Map<RecordedFile, RecordedFile>
    readonly options: TransferOptions
  },
): Promise<void> {
  const { jobs, signal, onProgress } = options
  let bytes = 0
  await eachAtOnce(sending, { jobs: jobs ?? remote.jobs, signal }, async (one, stop) => {
    const recorded = await sendOne(project, remote, { ...one, signal: stop })
    bytes += recorded.size ?? 0
    sent.set(one.file, recorded)
    onProgress?.(sent.size, sending.length, bytes)
  })
}

async function sendOne(
  project: DataProject,
  remote: Remote,
  { out, file, signal }: Sending & { readonly signal: AbortSignal },
): Promise<RecordedFile> {
  const legacy = out.hash?.legacy === true
  const path = cachePath(project, file.md5, legacy)
  const md5 = legacy ? await md5Of(path) : file.md5
  const source = { path, md5, size: statSync(path).size }
  const whole = source.size <= PART_BYTES ? source.size : 0
  const send = () => remote.upload(nameOf(out, file), source, { signal })
  const made = (await withRetries(() => whileHolding(whole, send), { signal })) ?? {}
  if (made.version === undefined)
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `${remote.address} took ${nameOf(out, file)} and names no version of it: it keeps none`,
      path: `remote.${remote.name}`,
      next: 'Turn on versions for the bucket or container, or take version_aware and worktree from the settings of the remote.',
    })
  // As DVC: of a file that is pushed for the first time the remote does not say that it is a program.
  const stored = { remote: remote.name, etag: made.etag, version: made.version }
  return { ...file, size: source.size, isexec: false, stored }
}
