import { createHash, hash, type Hash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { threadId } from 'node:worker_threads'
import { systemClock } from '../../../base/time.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { openCopyAheadSync } from '../objects/copy-ahead.ts'
import { type Copies, copyPath, objectPath } from '../objects/object-store.ts'
import { legacyUpdate, LEGACY_CHUNK } from './legacy-hash.ts'
import { hasSignature, isRacy, setSignature, SIGNATURE_WORDS } from './signature.ts'
import { TaskError, type TakeIn, type TakenIn } from './tasks.ts'
import { writeAll } from './write-all.ts'

const buffer = Buffer.allocUnsafe(LEGACY_CHUNK)
/** After so much the thread answers, so that progress shows and Ctrl-C is heard. */
const BYTES_A_TURN = 16 << 20

/** @throws TaskError on the first file that cannot be read or is not what was expected */
export function takeIn(asked: TakeIn): TakenIn {
  const { sources, store } = asked
  // A store that is not there yet has nothing.
  const task = store === null || existsSync(store) ? asked : { ...asked, store: null }
  const oids: string[] = []
  const signatures = new Float64Array(SIGNATURE_WORDS * sources.length)
  const copied = new Uint8Array(sources.length)
  let bytes = 0
  for (const [index, path] of sources.entries()) {
    const { oid, size, stats, wrote } = takeOne(task, index, path)
    if (stats !== null && !isRacy(stats, systemClock.now())) setSignature(signatures, index, stats)
    oids.push(oid)
    copied[index] = wrote ? 1 : 0
    bytes += size
    if (bytes >= BYTES_A_TURN) break
  }
  const count = oids.length
  return {
    oids: oids.join(''),
    signatures: signatures.slice(0, SIGNATURE_WORDS * count),
    copied: copied.slice(0, count),
    bytes,
  }
}

interface Taken {
  readonly oid: string
  readonly size: number
  /** How the file was after it was read; null where the expected hash says that it is right. */
  readonly stats: Stats | null
  readonly wrote: boolean
}

function takeOne(task: TakeIn, index: number, path: string): Taken {
  const source = openSource(path)
  try {
    const isKnown = task.expected !== null || task.signatures !== null
    const quick = isKnown ? takeAsRead(task, index, source) : null
    return quick ?? takeWatched(task, { index, path, source })
  } finally {
    closeSync(source)
  }
}

// One call has read the file, and either its hash or its size and times say that this is all of it. Null where they
// say something else; then it is read anew and watched meanwhile.
function takeAsRead(task: TakeIn, index: number, source: number): Taken | null {
  const { signatures } = task
  const wanted = expectedAt(task, index)
  const size = readSync(source, buffer, 0, buffer.length, 0)
  if (size === buffer.length) return null
  const bytes = buffer.subarray(0, size)
  const oid = hashSmall(task, bytes)
  if (wanted !== undefined) {
    if (wanted !== oid) return null
    return { oid, size, stats: null, wrote: writeSmall(task, oid, bytes) }
  }
  const stats = fstatSync(source)
  if (signatures === null || stats.size !== size || !hasSignature(signatures, index, stats))
    return null
  return { oid, size, stats, wrote: writeSmall(task, oid, bytes) }
}

interface Watched {
  readonly index: number
  readonly path: string
  readonly source: number
}

function takeWatched(task: TakeIn, watched: Watched): Taken {
  const { path, source } = watched
  const before = fstatSync(source)
  if (!before.isFile())
    throw new TaskError({ code: 'IRREGULAR', path, detail: `${path} is no regular file` })
  const taken = before.size < LEGACY_CHUNK ? takeSmall(task, watched) : takeLarge(task, watched)
  const after = fstatSync(source)
  refuseChange(path, before, after)
  return { ...taken, size: after.size, stats: after }
}

export function refuseChange(path: string, before: Stats, after: Stats): void {
  const same =
    before.size === after.size &&
    before.mtimeMs === after.mtimeMs &&
    (before.ctimeMs === after.ctimeMs || before.nlink !== after.nlink)
  if (!same) throw new TaskError({ code: 'CHANGED', path, detail: path })
}

function openSource(path: string): number {
  try {
    return openSync(fsPath(path), 'r')
  } catch (error) {
    if ((error as { code?: string }).code !== 'EACCES') throw error
    throw new TaskError({ code: 'UNREADABLE', path, detail: path }, error)
  }
}

type Written = Pick<Taken, 'oid' | 'wrote'>

function takeSmall(task: TakeIn, { index, path, source }: Watched): Written {
  const length = fill(source, 0)
  // It grew past what a small file is; the comparison of times after reading would tell too.
  if (length === buffer.length) throw new TaskError({ code: 'CHANGED', path, detail: path })
  const bytes = buffer.subarray(0, length)
  const oid = hashSmall(task, bytes)
  refuseOther(task, index, { path, oid })
  return { oid, wrote: writeSmall(task, oid, bytes) }
}

function hashSmall({ legacy }: TakeIn, bytes: Buffer): string {
  return legacy ? legacyUpdate(createHash('md5'), bytes).digest('hex') : hash('md5', bytes)
}

// Two files of one content share a copy.
function writeSmall(task: TakeIn, oid: string, bytes: Buffer): boolean {
  const { copies } = task
  if (copies === null || isStored(task, oid, bytes.length)) return false
  const copy = createIn(copies, oid)
  if (copy === null) return false
  try {
    reach('take-in: copy made')
    writeAll(copy, bytes)
  } finally {
    closeSync(copy)
  }
  reach('take-in: copy written')
  return true
}

// Read-only from the start: a copy has no name that anybody trusts until it is whole and on disk.
function createIn(copies: Copies, oid: string): number | null {
  const path = copyPath(copies, oid)
  try {
    return openSync(path, 'wx', 0o444)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EEXIST') return null
    if (code !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true })
    return createIn(copies, oid)
  }
}

let largeFiles = 0

function takeLarge(task: TakeIn, { index, path, source }: Watched): Written {
  const { copies } = task
  const name = copies === null ? null : `${copies.folder}/unnamed-${threadId}-${largeFiles++}`
  const { oid, length } = copyLarge(task, index, { path, source, name })
  if (name === null || copies === null) return { oid, wrote: false }
  const isFirst = !isStored(task, oid, length) && reserve(copies, oid)
  if (isFirst) renameSync(name, copyPath(copies, oid))
  else rmSync(name)
  return { oid, wrote: isFirst }
}

// Another thread may just have read a file of the same content.
function reserve(copies: Copies, oid: string): boolean {
  const place = createIn(copies, oid)
  if (place === null) return false
  closeSync(place)
  return true
}

interface Copying {
  readonly path: string
  readonly source: number
  /** Of the copy. */
  readonly name: string | null
}

function copyLarge(task: TakeIn, index: number, { path, source, name }: Copying) {
  const { copies, legacy } = task
  if (copies !== null) mkdirSync(copies.folder, { recursive: true })
  const copy = name === null ? null : openSync(name, 'wx', 0o444)
  const ahead = task.ahead === null ? null : openCopyAheadSync(task.ahead)
  const sum = createHash('md5')
  let length = 0
  try {
    for (let read = fill(source, 0); read > 0; read = fill(source, length)) {
      const bytes = buffer.subarray(0, read)
      update(sum, bytes, legacy)
      if (copy !== null) writeAll(copy, bytes)
      ahead?.write(bytes)
      length += read
      reach('take-in: part written')
    }
    const oid = sum.digest('hex')
    refuseOther(task, index, { path, oid })
    ahead?.end(oid)
    return { oid, length }
  } finally {
    ahead?.end(null)
    if (copy !== null) closeSync(copy)
  }
}

function update(sum: Hash, bytes: Buffer, legacy: boolean): void {
  if (legacy) legacyUpdate(sum, bytes)
  else sum.update(bytes)
}

// Whole chunks but for the last: the rule of DVC 2 looks at each chunk of this size. What some file systems make up
// while it is read comes in pieces.
function fill(source: number, position: number): number {
  let length = 0
  for (;;) {
    const read = readSync(source, buffer, length, buffer.length - length, position + length)
    length += read
    if (read === 0 || length === buffer.length) return length
  }
}

function expectedAt({ expected }: TakeIn, index: number): string | undefined {
  return expected?.slice(32 * index, 32 * index + 32)
}

function refuseOther(
  task: TakeIn,
  index: number,
  { path, oid }: { readonly path: string; readonly oid: string },
): void {
  const wanted = expectedAt(task, index)
  if (wanted === undefined || wanted === oid) return
  const detail = `${path} should have MD5 ${wanted} and has ${oid}`
  throw new TaskError({ code: 'CORRUPT', path, detail })
}

// Read-only and of the right size: verified when it got its name.
function isStored({ store }: TakeIn, oid: string, size: number): boolean {
  const path = store === null ? null : objectPath(store, oid)
  // Where the answer is no, this question is several times cheaper.
  if (path === null || !existsSync(path)) return false
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size === size && (stats.mode & 0o222) === 0
}
