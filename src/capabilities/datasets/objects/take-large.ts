import { createHash } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemClock } from '../../../base/time.ts'
import { storageError } from '../../../storage/errors.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { legacyUpdate, LEGACY_CHUNK } from '../workers/legacy-hash.ts'
import { faultError } from '../workers/pool.ts'
import { type Copies, copyPath } from './object-store.ts'
import { isRacy, setSignature, SIGNATURE_WORDS } from '../workers/signature.ts'
import { refuseChange } from '../workers/take-in.ts'
import { TaskError } from '../workers/tasks.ts'
import type { TakeAllRequest } from './take-all.ts'

/**
 * One large file: reading the next part and writing the last one go on while this thread hashes, so that the whole
 * takes little longer than the hash alone, which cannot be divided.
 */
export async function takeOneLarge(request: TakeAllRequest): Promise<void> {
  const { intake, sourceAt, onTaken, expectedAt } = request
  const path = sourceAt(0)
  const batch = intake?.begin() ?? null
  try {
    const taken = await copyWhileHashing(request, path, batch?.copies.folder ?? null)
    const wanted = expectedAt?.(0) ?? taken.oids
    if (wanted !== taken.oids) {
      const detail = `${path} should have MD5 ${wanted} and has ${taken.oids}`
      throw new TaskError({ code: 'CORRUPT', path, detail })
    }
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
  try {
    const before = await source.stat()
    const oids = await pipeline(request, source, copy)
    const after = await source.stat()
    try {
      refuseChange(path, before, after)
    } catch (error) {
      throw error instanceof TaskError ? faultError(error.fault) : error
    }
    const signatures = new Float64Array(SIGNATURE_WORDS)
    if (!isRacy(after, systemClock.now())) setSignature(signatures, 0, after)
    const copied = Uint8Array.of(copy === null ? 0 : 1)
    return { oids, signatures, copied, bytes: after.size }
  } finally {
    await source.close()
    await copy?.close()
  }
}

async function openCopy(folder: string): Promise<FileHandle> {
  mkdirSync(folder, { recursive: true })
  return open(`${folder}/${UNNAMED}`, 'wx', 0o444)
}

const PART = 4 * LEGACY_CHUNK
// Writing to the disk starts early and goes on beside the hashing, instead of all at the end.
const BYTES_A_SYNC = 64 << 20

async function pipeline(
  { signal, legacy = false }: TakeAllRequest,
  source: FileHandle,
  copy: FileHandle | null,
): Promise<string> {
  const sum = createHash('md5')
  const buffers = [Buffer.allocUnsafe(PART), Buffer.allocUnsafe(PART)]
  const readPart = (turn: number, position: number) =>
    fill(source, buffers[turn % 2] ?? Buffer.alloc(0), position)
  let syncing: Promise<void> = Promise.resolve()
  let position = 0
  let unsynced = 0
  let reading = readPart(0, 0)
  for (let turn = 0; ; turn++) {
    signal?.throwIfAborted()
    const part = await reading
    if (part.length === 0) break
    position += part.length
    const writing = copy?.writev([part])
    reading = readPart(turn + 1, position)
    if (legacy)
      for (let at = 0; at < part.length; at += LEGACY_CHUNK)
        legacyUpdate(sum, part.subarray(at, at + LEGACY_CHUNK))
    else sum.update(part)
    await writing
    reach('take-large: part written')
    unsynced += part.length
    if (copy !== null && unsynced >= BYTES_A_SYNC) {
      unsynced = 0
      await syncing
      syncing = copy.datasync()
    }
  }
  await syncing
  return sum.digest('hex')
}

async function fill(source: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await source.read(
      buffer,
      length,
      buffer.length - length,
      position + length,
    )
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
