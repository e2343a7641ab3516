import { createHash } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemClock } from '../../../base/time.ts'
import { storageError } from '../../../storage/errors.ts'
import { fsPath } from '../file-names.ts'
import { legacyUpdate, LEGACY_CHUNK } from '../workers/legacy-hash.ts'
import { faultError } from '../workers/pool.ts'
import { aheadFolder, openCopyAhead } from './copy-ahead.ts'
import { type Part, readParts, writeParts } from './file-parts.ts'
import { type Copies, copyPath } from './object-store.ts'
import { isRacy, setSignature, SIGNATURE_WORDS } from '../workers/signature.ts'
import { refuseChange } from '../workers/take-in.ts'
import { TaskError } from '../workers/tasks.ts'
import type { TakeAllRequest } from './take-all.ts'

/**
 * One large file: reading the next parts and writing the last ones go on while this thread hashes, so that the whole
 * takes little longer than the hash alone, which cannot be divided.
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
  renameSync(`${copies.folder}/${UNNAMED}`, copy)
}

async function copyWhileHashing(request: TakeAllRequest, path: string, folder: string | null) {
  const source = await open(fsPath(path), 'r')
  const copy = folder === null ? null : await openCopy(folder)
  const ahead = await openCopyAhead(aheadFolder(request.ahead, 0))
  try {
    const before = await source.stat()
    const writer = copy === null ? null : writeParts(copy, { sync: true })
    const write = (bytes: Buffer) => Promise.all([writer?.write(bytes), ahead.write(bytes)])
    const oids = await hashParts(request, readParts(source, before.size), write)
    await writer?.finish()
    const after = await source.stat()
    try {
      refuseChange(path, before, after)
    } catch (error) {
      throw error instanceof TaskError ? faultError(error.fault) : error
    }
    refuseOther(request, path, oids)
    await ahead.end(oids)
    const signatures = new Float64Array(SIGNATURE_WORDS)
    if (!isRacy(after, systemClock.now())) setSignature(signatures, 0, after)
    const copied = Uint8Array.of(copy === null ? 0 : 1)
    return { oids, signatures, copied, bytes: after.size }
  } finally {
    await source.close()
    await copy?.close()
    await ahead.end(null)
  }
}

function refuseOther({ expectedAt }: TakeAllRequest, path: string, oid: string): void {
  const wanted = expectedAt?.(0) ?? oid
  if (wanted === oid) return
  const detail = `${path} should have MD5 ${wanted} and has ${oid}`
  throw new TaskError({ code: 'CORRUPT', path, detail })
}

async function openCopy(folder: string): Promise<FileHandle> {
  mkdirSync(folder, { recursive: true })
  return open(`${folder}/${UNNAMED}`, 'wx', 0o444)
}

async function hashParts(
  { signal, legacy = false }: TakeAllRequest,
  parts: AsyncIterable<Part>,
  write: (bytes: Buffer) => Promise<unknown>,
): Promise<string> {
  const sum = createHash('md5')
  for await (const { bytes, releaseAfter } of parts) {
    signal?.throwIfAborted()
    const written = write(bytes)
    if (legacy)
      for (let at = 0; at < bytes.length; at += LEGACY_CHUNK)
        legacyUpdate(sum, bytes.subarray(at, at + LEGACY_CHUNK))
    else sum.update(bytes)
    releaseAfter(written)
  }
  return sum.digest('hex')
}
