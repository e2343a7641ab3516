import { createHash, hash, type Hash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { systemClock } from '../../../base/time.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { legacyUpdate, LEGACY_CHUNK } from './legacy-hash.ts'
import { isRacy, setSignature, SIGNATURE_WORDS } from './signature.ts'
import { TaskError, type TakeIn, type TakenIn } from './tasks.ts'

const buffer = Buffer.allocUnsafe(LEGACY_CHUNK)

/** @throws TaskError on the first file that cannot be read or is not what was expected */
export function takeIn(task: TakeIn): TakenIn {
  const { sources } = task
  const oids: string[] = []
  const signatures = new BigInt64Array(SIGNATURE_WORDS * sources.length)
  const copied = new Uint8Array(sources.length)
  let bytes = 0
  for (const [index, path] of sources.entries()) {
    const source = openSource(path)
    try {
      const before = fstatSync(source, { bigint: true })
      if (!before.isFile())
        throw new TaskError({ code: 'IRREGULAR', path, detail: `${path} is no regular file` })
      const one = { path, source, size: before.size, index }
      const { oid, wrote } =
        before.size < LEGACY_CHUNK ? takeSmall(task, one) : takeLarge(task, one)
      const after = fstatSync(source, { bigint: true })
      refuseChange(path, before, after)
      if (!isRacy(after, systemClock.now())) setSignature(signatures, index, after)
      oids.push(oid)
      copied[index] = wrote ? 1 : 0
      bytes += Number(after.size)
    } finally {
      closeSync(source)
    }
  }
  return { oids: oids.join(''), signatures, copied, bytes }
}

export function refuseChange(path: string, before: BigIntStats, after: BigIntStats): void {
  const same =
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    (before.ctimeNs === after.ctimeNs || before.nlink !== after.nlink)
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

interface OneFile {
  readonly path: string
  readonly source: number
  readonly size: bigint
  readonly index: number
}

interface Taken {
  readonly oid: string
  readonly wrote: boolean
}

function takeSmall(task: TakeIn, { path, source, size, index }: OneFile): Taken {
  let length = 0
  // What is appended after this much was read shows in the size that is asked for last. Some file systems say 0 of
  // what they make up while it is read.
  while (length < size || length === 0) {
    const read = readSync(source, buffer, length, buffer.length - length, null)
    length += read
    if (read === 0) break
    // It grew past what a small file is; the comparison of times after reading would tell too.
    if (length === buffer.length) throw new TaskError({ code: 'CHANGED', path, detail: path })
  }
  const bytes = buffer.subarray(0, length)
  const oid = task.legacy
    ? legacyUpdate(createHash('md5'), bytes).digest('hex')
    : hash('md5', bytes)
  refuseOther(task, index, { path, oid })
  if (task.temporary === null || isStored(task, oid, length)) return { oid, wrote: false }
  // Read-only from the start: a copy has no name that anybody trusts until it is whole and on disk.
  const copy = openSync(task.temporary + index, 'wx', 0o444)
  try {
    reach('take-in: copy made')
    writeAll(copy, bytes)
  } finally {
    closeSync(copy)
  }
  reach('take-in: copy written')
  return { oid, wrote: true }
}

function takeLarge(task: TakeIn, { path, source, index }: OneFile): Taken {
  const name = task.temporary === null ? null : task.temporary + index
  const copy = name === null ? null : openSync(name, 'wx', 0o444)
  const sum = createHash('md5')
  let length = 0
  try {
    for (let read = fill(source); read > 0; read = fill(source)) {
      const bytes = buffer.subarray(0, read)
      update(sum, bytes, task.legacy)
      if (copy !== null) writeAll(copy, bytes)
      length += read
      reach('take-in: part written')
    }
  } finally {
    if (copy !== null) closeSync(copy)
  }
  const oid = sum.digest('hex')
  refuseOther(task, index, { path, oid })
  if (name === null) return { oid, wrote: false }
  if (!isStored(task, oid, length)) return { oid, wrote: true }
  rmSync(name)
  return { oid, wrote: false }
}

function update(sum: Hash, bytes: Buffer, legacy: boolean): void {
  if (legacy) legacyUpdate(sum, bytes)
  else sum.update(bytes)
}

// Whole chunks but for the last: the rule of DVC 2 looks at each chunk of this size.
function fill(source: number): number {
  let length = 0
  for (;;) {
    const read = readSync(source, buffer, length, buffer.length - length, null)
    length += read
    if (read === 0 || length === buffer.length) return length
  }
}

export function writeAll(target: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at)
}

function refuseOther(
  { expected }: TakeIn,
  index: number,
  { path, oid }: { readonly path: string; readonly oid: string },
): void {
  const wanted = expected?.slice(32 * index, 32 * index + 32)
  if (wanted === undefined || wanted === oid) return
  const detail = `${path} should have MD5 ${wanted} and has ${oid}`
  throw new TaskError({ code: 'CORRUPT', path, detail })
}

// Read-only and of the right size: verified when it got its name.
function isStored({ store }: TakeIn, oid: string, size: number): boolean {
  if (store === null) return false
  const stats = lstatSync(`${store}/${oid.slice(0, 2)}/${oid.slice(2)}`, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size === size && (stats.mode & 0o222) === 0
}
