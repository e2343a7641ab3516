import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, type Stats } from 'node:fs'
import { copyFile, type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../base/time.ts'
import { storageError } from '../../../storage/errors.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { legacyUpdate, LEGACY_CHUNK } from '../workers/legacy-hash.ts'
import { faultError } from '../workers/pool.ts'
import { aheadFolder, copyAhead } from './copy-ahead.ts'
import { followParts } from './follow-parts.ts'
import { type Copies, copyPath } from './object-store.ts'
import { isRacy, setSignature, SIGNATURE_WORDS } from '../workers/signature.ts'
import { refuseChange } from '../workers/take-in.ts'
import { TaskError } from '../workers/tasks.ts'
import type { TakeAllRequest } from './take-all.ts'

/**
 * One large file: the system copies it and brings the copy to the disk while this thread hashes what the copy holds, so
 * that the whole takes little longer than the hash alone, which cannot be divided. What is stored is what was hashed,
 * whatever becomes of the file.
 */
export async function takeOneLarge(request: TakeAllRequest): Promise<void> {
  const { intake, sourceAt, onTaken } = request
  const path = sourceAt(0)
  const batch = intake?.begin() ?? null
  try {
    const taken = await copyWhileHashing(request, path, batch?.copies.folder ?? null)
    if (batch !== null) {
      nameIn(batch.copies, taken.oids)
      await batch.accept(taken)
    }
    onTaken(0, taken)
  } catch (error) {
    throw error instanceof TaskError ? faultError(error.fault, error) : storageError(error)
  }
}

const UNNAMED = 'unnamed'

function nameIn(copies: Copies, oid: string): void {
  const copy = copyPath(copies, oid)
  mkdirSync(dirname(copy), { recursive: true })
  renameSync(unnamedIn(copies.folder), copy)
}

async function copyWhileHashing(request: TakeAllRequest, path: string, folder: string | null) {
  // By its name, and before anything is opened: that another file takes its place is a change too.
  const before = await stat(fsPath(path))
  const file = folder === null ? await open(fsPath(path), 'r') : await openCopy(folder)
  const copying = quiet(folder === null ? Promise.resolve() : copyTo(unnamedIn(folder), path))
  const syncing = quiet(folder === null ? Promise.resolve() : syncWhile(file, copying))
  const ahead = quiet(
    copying.then(() => {
      request.signal?.throwIfAborted()
      return copyAhead(unnamedIn(folder ?? ''), aheadFolder(request.ahead, 0))
    }),
  )
  try {
    const oids = await hashParts(request, followParts(file, copying))
    const after = await stat(fsPath(path))
    refuseReplaced(path, before, after)
    refuseOther(request, path, oids)
    await syncing
    ;(await ahead).name(oids)
    if (folder !== null) await file.chmod(0o444)
    const signatures = new Float64Array(SIGNATURE_WORDS)
    if (!isRacy(after, systemClock.now())) setSignature(signatures, 0, after)
    const copied = Uint8Array.of(folder === null ? 0 : 1)
    return { oids, signatures, copied, bytes: after.size }
  } finally {
    // Nobody closes or removes what is still being written.
    await Promise.allSettled([copying, syncing, ahead])
    await file.close()
  }
}

function refuseReplaced(path: string, before: Stats, after: Stats): void {
  if (before.ino !== after.ino || before.dev !== after.dev)
    throw new TaskError({ code: 'CHANGED', path, detail: path })
  refuseChange(path, before, after)
}

function refuseOther({ expectedAt }: TakeAllRequest, path: string, oid: string): void {
  const wanted = expectedAt?.(0) ?? oid
  if (wanted === oid) return
  const detail = `${path} should have MD5 ${wanted} and has ${oid}`
  throw new TaskError({ code: 'CORRUPT', path, detail })
}

function unnamedIn(folder: string): string {
  return `${folder}/${UNNAMED}`
}

async function openCopy(folder: string): Promise<FileHandle> {
  mkdirSync(folder, { recursive: true })
  return open(unnamedIn(folder), 'wx+', 0o600)
}

async function copyTo(copy: string, path: string): Promise<void> {
  await copyFile(fsPath(path), copy)
  reach('take-large: copied')
}

const PAUSE_MS = 20

// Writing to the disk starts early and goes on beside the copying and the hashing, instead of all at the end.
async function syncWhile(file: FileHandle, growing: Promise<void>): Promise<void> {
  let isWhole = false
  const whole = growing.then(() => (isWhole = true))
  do {
    await Promise.race([whole, delay(PAUSE_MS)])
    await file.datasync()
  } while (!isWhole)
  await file.datasync()
}

// The fault is thrown by who waits for it; until then nobody may call it unhandled.
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function hashParts(
  { signal, legacy = false }: TakeAllRequest,
  parts: AsyncIterable<Buffer>,
): Promise<string> {
  const sum = createHash('md5')
  for await (const bytes of parts) {
    signal?.throwIfAborted()
    if (legacy)
      for (let at = 0; at < bytes.length; at += LEGACY_CHUNK)
        legacyUpdate(sum, bytes.subarray(at, at + LEGACY_CHUNK))
    else sum.update(bytes)
    reach('take-large: part hashed')
  }
  return sum.digest('hex')
}
