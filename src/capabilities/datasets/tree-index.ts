import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { md5 as md5Of } from '../../base/hash.ts'
import { makeStateFolder } from './state-folder.ts'
import { decodeName, fsPath } from './file-names.ts'
import { SIGNATURE_WORDS } from './workers/signature.ts'
import { writeAll } from './workers/write-all.ts'

/**
 * What a tracked folder held when it was last looked at: name, signature and hash of every file, in the order of a
 * walk, packed in one file. Only a cache: deleting it costs time, nothing else.
 */
export interface TreeIndex {
  readonly count: number
  /** MD5 of the listing; valid when every file is as it was. */
  readonly oid: string
  readonly relpathAt: (index: number) => string
  /** Sixteen bytes a file. */
  readonly md5: Buffer
  /** Whether the file there had the signature that stands at a place of another column. */
  readonly isAsBefore: (index: number, signatures: Float64Array, place: number) => boolean
  /** Whether all files are as they were, no more and no fewer: compared as a whole, which is much quicker than one by one. */
  readonly isSame: (found: Pick<IndexColumns, 'relpaths' | 'signatures'>) => boolean
}

const MAGIC = 'RATTREE2'
const HEADER = 64

export interface IndexColumns {
  readonly relpaths: readonly string[]
  readonly signatures: Float64Array
  /** Sixteen bytes a file. */
  readonly md5: Buffer
}

/** Where the index of a folder lies; `kind` keeps those of different hashes apart. */
export function indexFile(stateDir: string, folder: string, kind: 'md5' | 'legacy'): string {
  return join(stateDir, 'trees', `${md5Of(`${kind}\n${folder}`)}.idx`)
}

/** Null when there is none or it is not whole. */
export function readTreeIndex(file: string): TreeIndex | null {
  try {
    return parseIndex(readFileSync(file))
  } catch {
    return null
  }
}

function parseIndex(bytes: Buffer): TreeIndex | null {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 8) !== MAGIC) return null
  const count = bytes.readUInt32LE(8)
  const md5Start = HEADER + 8 * SIGNATURE_WORDS * count
  const endsStart = md5Start + 16 * count
  const namesStart = endsStart + 4 * count
  if (bytes.length < namesStart) return null
  const words = aligned(bytes.subarray(HEADER, md5Start))
  const signatures = new Float64Array(words.buffer, words.byteOffset, words.length / 8)
  const places = aligned(bytes.subarray(endsStart, namesStart))
  const ends = new Uint32Array(places.buffer, places.byteOffset, places.length / 4)
  const endOf = (index: number): number => namesStart + (index < 0 ? 0 : (ends[index] ?? 0))
  if (bytes.length !== endOf(count - 1)) return null
  return {
    count,
    oid: bytes.toString('latin1', 24, 56),
    relpathAt: (index) => {
      const from = endOf(index - 1)
      const text = bytes.toString('utf8', from, endOf(index))
      return text.includes('\ufffd') ? decodeName(bytes.subarray(from, endOf(index))) : text
    },
    md5: bytes.subarray(md5Start, endsStart),
    isAsBefore: (index, others, place) => {
      const [at, other] = [SIGNATURE_WORDS * index, SIGNATURE_WORDS * place]
      for (let word = 0; word < SIGNATURE_WORDS; word++)
        if (signatures[at + word] !== others[other + word]) return false
      return true
    },
    isSame: (found) =>
      found.relpaths.length === count &&
      sameBytes(signatures, found.signatures) &&
      sameNames(found.relpaths, ends, bytes.subarray(namesStart)),
  }
}

function aligned(column: Uint8Array): Uint8Array {
  return column.byteOffset % 8 === 0 ? column : new Uint8Array(column)
}

function sameBytes(a: Float64Array, b: Float64Array): boolean {
  const [left, right] = [a, b].map((each) =>
    Buffer.from(each.buffer, each.byteOffset, each.byteLength),
  )
  return left !== undefined && right !== undefined && left.equals(right)
}

// False for names outside ASCII, which are compared one by one.
function sameNames(relpaths: readonly string[], ends: Uint32Array, names: Buffer): boolean {
  let end = 0
  for (let index = 0; index < relpaths.length; index++) {
    end += relpaths[index]?.length ?? 0
    if (ends[index] !== end) return false
  }
  return end === names.length && Buffer.from(relpaths.join(''), 'utf8').equals(names)
}

/** Replaces the index as a whole. A state folder that cannot be written costs time later, nothing now. */
export function writeTreeIndex(file: string, columns: IndexColumns, oid: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    makeStateFolder(join(file, '../..'))
    mkdirSync(join(file, '..'), { recursive: true })
    const target = openSync(temporary, 'w')
    try {
      for (const part of encodeIndex(columns, oid)) writeAll(target, part)
      fsyncSync(target)
    } finally {
      closeSync(target)
    }
    renameSync(temporary, file)
  } catch {
    rmSync(temporary, { force: true })
  }
}

const NAMES_A_PART = 16_384

function* encodeIndex({ relpaths, signatures, md5 }: IndexColumns, oid: string): Generator<Buffer> {
  const count = relpaths.length
  const header = Buffer.alloc(HEADER)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(count, 8)
  header.write(oid.slice(0, 32), 24, 'latin1')
  yield header
  yield Buffer.from(signatures.buffer, signatures.byteOffset, 8 * SIGNATURE_WORDS * count)
  yield md5.subarray(0, 16 * count)
  const ends = Buffer.allocUnsafe(4 * count)
  let end = 0
  for (const [index, relpath] of relpaths.entries()) {
    end += relpath.isWellFormed() ? Buffer.byteLength(relpath) : fsPath(relpath).length
    ends.writeUInt32LE(end, 4 * index)
  }
  yield ends
  for (let from = 0; from < count; from += NAMES_A_PART) {
    const part = relpaths.slice(from, from + NAMES_A_PART)
    const plain = part.every((relpath) => relpath.isWellFormed())
    yield plain
      ? Buffer.from(part.join(''), 'utf8')
      : Buffer.concat(part.map((relpath) => Buffer.from(fsPath(relpath))))
  }
}
