import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cachePath, openCacheIntake } from '../cache.ts'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'
import type { Intake } from '../objects/intake.ts'
import { openIntake } from '../objects/intake.ts'
import type { Ahead } from '../objects/copy-ahead.ts'
import { copyPath, objectPath } from '../objects/object-store.ts'
import { bytesOf, takeAll } from '../objects/take-all.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { legacyUpdate, LEGACY_CHUNK } from '../workers/legacy-hash.ts'
import type { Pool } from '../workers/pool.ts'
import { publishFile } from '../workers/publish.ts'
import { TEMPORARY_FOLDER } from './local.ts'
import { whileHolding } from './memory.ts'
import { PART_BYTES } from './parts.ts'
import {
  type CallOptions,
  eachAtOnce,
  type Remote,
  type TransferOptions as PortOptions,
} from './port.ts'
import { objectKey, remoteStore } from './presence.ts'
import { withRetries } from './retry.ts'
import { createTally, type OnProgress } from './tally.ts'

export interface TransferOptions extends CallOptions {
  readonly jobs?: number | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Some objects of a cache and a remote, by index so that a million cost no list of names. */
export interface Moving {
  readonly count: number
  readonly oidAt: (index: number) => string
  /** Where each lies on the remote, unless at the key of its hash. */
  readonly placeAt?: (index: number) => ObjectPlace
  readonly legacy: boolean
  /** Of what is received from a folder, large files are copied for the workspace too. */
  readonly ahead?: Ahead | undefined
}

/** A name on a remote, and which version of what has it. */
export interface ObjectPlace {
  readonly key: string
  readonly version?: string | undefined
}

/** Sends objects of the cache. @throws DATASET_OBJECT_CORRUPT, DATASET_REMOTE_… */
export async function sendObjects(
  project: DataProject,
  remote: Remote,
  moving: Moving,
  options: TransferOptions,
): Promise<void> {
  const { legacy } = moving
  const pathOf = (oid: string): string => cachePath(project, oid, legacy)
  if (remote.folder === undefined) return sendEach(remote, { ...moving, pathOf }, options)
  const { folder } = remote
  const openTo = (pool: Pool): Intake =>
    openIntake({
      store: remoteStore(folder, legacy),
      temporaryRoot: join(folder, TEMPORARY_FOLDER),
      pool,
    })
  await copyAll(project, { ...moving, pathOf, openTo }, options)
}

/** Brings objects into the cache; each is hashed on the way. @throws DATASET_REMOTE_CORRUPT, DATASET_REMOTE_… */
export async function receiveObjects(
  project: DataProject,
  remote: Remote,
  moving: Moving,
  options: TransferOptions,
): Promise<void> {
  const { legacy } = moving
  const openTo = (pool: Pool): Intake => openCacheIntake(project, pool, { legacy })
  if (remote.folder === undefined) {
    const intake = openTo(project.poolFor(moving.count, 0))
    return receiveEach(remote, moving, { intake, options })
  }
  const store = remoteStore(remote.folder, legacy)
  const pathOf = (oid: string): string => objectPath(store, oid)
  try {
    await copyAll(project, { ...moving, pathOf, openTo }, options)
  } catch (error) {
    if ((error as { code?: string }).code !== 'DATASET_OBJECT_CORRUPT') throw error
    const { detail, path } = error as { detail?: string; path?: string }
    throw datasetErrors.DATASET_REMOTE_CORRUPT({ detail: detail ?? '', path, cause: error })
  }
}

interface Copying extends Moving {
  readonly pathOf: (oid: string) => string
  readonly openTo: (pool: Pool) => Intake
}

async function copyAll(
  project: DataProject,
  { count, oidAt, legacy, ahead, pathOf, openTo }: Copying,
  { signal, onProgress }: TransferOptions,
): Promise<void> {
  if (count === 0) return
  const sourceAt = (index: number): string => pathOf(oidAt(index))
  const pool = project.poolFor(count, () => bytesOf(count, sourceAt))
  const intake = openTo(pool)
  let done = 0
  let doneBytes = 0
  try {
    await takeAll({
      pool,
      count,
      sourceAt,
      expectedAt: oidAt,
      legacy,
      intake,
      areNew: true,
      ahead,
      signal,
      onTaken: (_, taken) => {
        done += taken.copied.length
        doneBytes += taken.bytes
        onProgress?.(done, count, doneBytes)
      },
    })
  } finally {
    // What has arrived is kept, whatever happened to the rest.
    await intake.finish()
  }
}

async function sendEach(
  remote: Remote,
  { count, oidAt, legacy, pathOf }: Moving & { readonly pathOf: (oid: string) => string },
  { signal, jobs, onProgress }: TransferOptions,
): Promise<void> {
  const tally = createTally(count, onProgress)
  const atOnce = { jobs: jobs ?? remote.jobs, signal }
  await eachAtOnce(indexes(count), atOnce, async (index, stop) => {
    const oid = oidAt(index)
    const path = pathOf(oid)
    const md5 = legacy ? await md5Of(path) : oid.slice(0, 32)
    const source = { path, size: statSync(path).size, md5 }
    const one = tally.begin()
    const send = () => remote.upload(objectKey(oid, legacy), source, one.options(stop))
    // What fits into one part is held as a whole; what is larger holds its parts one by one.
    const whole = source.size <= PART_BYTES ? source.size : 0
    await withRetries(() => whileHolding(whole, send), { signal: stop })
    one.end(source.size)
  })
}

/** Of the bytes themselves, whatever rule named them. */
export async function md5Of(path: string): Promise<string> {
  const sum = createHash('md5')
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer)
  return sum.digest('hex')
}

function* indexes(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

async function receiveEach(
  remote: Remote,
  { count, oidAt, placeAt, legacy }: Moving,
  { intake, options }: { readonly intake: Intake; readonly options: TransferOptions },
): Promise<void> {
  const { signal, jobs, onProgress } = options
  const tally = createTally(count, onProgress)
  const atOnce = { jobs: jobs ?? remote.jobs, signal }
  try {
    await eachAtOnce(indexes(count), atOnce, async (index, stop) => {
      const oid = oidAt(index)
      const batch = intake.begin()
      const one = tally.begin()
      const place = placeAt?.(index)
      const receiving = { oid, legacy, place, path: copyPath(batch.copies, oid) }
      const bytes = await withRetries(() => receiveFile(remote, receiving, one.options(stop)), {
        signal: stop,
      }).catch((error: unknown) => {
        batch.giveUp()
        throw error
      })
      await batch.accept({ oids: oid, copied: Uint8Array.of(1), bytes })
      one.end(bytes)
    })
  } finally {
    await intake.finish()
  }
}

/** Brings one listing into the cache, on the word of the caller that its files are there. */
export async function receiveListing(
  project: DataProject,
  remote: Remote,
  { oid, legacy }: { readonly oid: string; readonly legacy: boolean },
  options: CallOptions,
): Promise<void> {
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  try {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, oid)
    await withRetries(() => receiveFile(remote, { oid, legacy, path }, options), options)
    publishFile(path, cachePath(project, oid, legacy))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Sends listings, after their files. */
export function sendListings(
  project: DataProject,
  remote: Remote,
  { oids, legacy }: { readonly oids: readonly string[]; readonly legacy: boolean },
  options: TransferOptions,
): Promise<void> {
  const pathOf = (oid: string): string => cachePath(project, oid, legacy)
  const all = { count: oids.length, oidAt: (index: number): string => oids[index] ?? '', legacy }
  return sendEach(remote, { ...all, pathOf }, { ...options, onProgress: undefined })
}

export interface Receiving {
  readonly oid: string
  readonly place?: ObjectPlace | undefined
  readonly legacy: boolean
  readonly path: string
}

/** One object to a file that has no name yet; returns its size. @throws DATASET_REMOTE_CORRUPT, DATASET_REMOTE_MISSING */
export async function receiveFile(
  remote: Remote,
  { oid, legacy, path, place = { key: objectKey(oid, legacy) } }: Receiving,
  options: PortOptions,
): Promise<number> {
  const sum = createHash('md5')
  let bytes = 0
  // The rule of DVC 2 looks at pieces of one size, whatever the network gives.
  let piece = Buffer.alloc(0)
  await rm(path, { force: true })
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'wx', 0o444)
  try {
    const { key, version } = place
    for await (const chunk of remote.open(key, { ...options, version })) {
      bytes += chunk.length
      await file.writeFile(chunk)
      if (!legacy) sum.update(chunk)
      else
        for (
          piece = Buffer.concat([piece, chunk]);
          piece.length >= LEGACY_CHUNK;
          piece = piece.subarray(LEGACY_CHUNK)
        )
          legacyUpdate(sum, piece.subarray(0, LEGACY_CHUNK))
    }
    if (legacy) legacyUpdate(sum, piece)
  } catch (error) {
    await rm(path, { force: true })
    throw storageError(error)
  } finally {
    await file.close()
  }
  const found = sum.digest('hex')
  if (found === oid.slice(0, 32)) return bytes
  await rm(path, { force: true })
  throw datasetErrors.DATASET_REMOTE_CORRUPT({
    detail: `${place.key} on ${remote.address} has ${bytes} bytes with MD5 ${found}; expected MD5 ${oid.slice(0, 32)}`,
    path: place.key,
  })
}
