import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { parseJson } from '../../base/json.ts'
import { relpathFault } from './containment.ts'
import { datasetErrors } from './errors.ts'
import { compareCodePoints, pythonJsonText } from './python-json.ts'

export interface DirEntry {
  readonly relpath: string
  readonly md5: string
}

/** What is in a tracked folder: names in the order of code points, hashes packed, sixteen bytes a file. */
export interface Listing {
  readonly relpaths: readonly string[]
  readonly md5: Buffer
}

export function md5At({ md5 }: Pick<Listing, 'md5'>, index: number): string {
  return md5.toString('hex', 16 * index, 16 * index + 16)
}

export function* listingEntries(listing: Listing): Generator<DirEntry> {
  for (const [index, relpath] of listing.relpaths.entries())
    yield { relpath, md5: md5At(listing, index) }
}

/** Packs entries; sorts them. */
export function packListing(entries: readonly DirEntry[]): Listing {
  const sorted = entries.toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
  return {
    relpaths: sorted.map(({ relpath }) => relpath),
    md5: Buffer.from(sorted.map(({ md5 }) => md5).join(''), 'hex'),
  }
}

const ENTRIES_A_PART = 8192

/** The bytes that DVC writes (Python's `json.dumps(entries, sort_keys=True)`), part by part. */
export function* encodeListing(listing: Listing): Generator<Buffer> {
  const { relpaths } = listing
  for (let from = 0; from < relpaths.length; from += ENTRIES_A_PART) {
    let text = from === 0 ? '[' : ', '
    const until = Math.min(relpaths.length, from + ENTRIES_A_PART)
    for (let index = from; index < until; index++)
      text += `${index === from ? '' : ', '}{"md5": "${md5At(listing, index)}", "relpath": ${pythonJsonText(relpaths[index] ?? '')}}`
    yield Buffer.from(text, 'latin1')
  }
  yield Buffer.from(relpaths.length === 0 ? '[]' : ']', 'latin1')
}

/** The name of a listing: MD5 of its bytes, with `.dir`. */
export function listingOid(listing: Listing): string {
  const sum = createHash('md5')
  for (const part of encodeListing(listing)) sum.update(part)
  return `${sum.digest('hex')}.dir`
}

// Hostile listings end here: five million files are more than DVC itself gets through.
const MOST_BYTES = 2 ** 30
const MOST_FILES = 5_000_000
const PART = 1 << 20
// Within a text of JSON a quote stands behind a backslash, so these bytes are always between two entries.
const BETWEEN = Buffer.from('}, {"')

/**
 * Reads the listing at a path, in parts. Names that lead elsewhere are refused before anything is written.
 * @throws DATASET_FILE_INVALID, DATASET_OUTSIDE, DATASET_TOO_LARGE
 */
export function readListing(path: string): Listing {
  const { size } = statSync(path)
  if (size > MOST_BYTES) throw tooLarge(path, `it has ${size} bytes`)
  const relpaths: string[] = []
  const md5: Buffer[] = []
  for (const items of readItems(path)) {
    const names = items.map((item) => parseEntry(item, path))
    for (const { relpath } of names) relpaths.push(relpath)
    if (relpaths.length > MOST_FILES) throw tooLarge(path, 'it names more files')
    md5.push(Buffer.from(names.map((entry) => entry.md5).join(''), 'hex'))
  }
  const listing = sortedListing({ relpaths, md5: Buffer.concat(md5) }, path)
  refuseClashes(listing.relpaths, path)
  return listing
}

function tooLarge(path: string, detail: string) {
  return datasetErrors.DATASET_TOO_LARGE({
    detail: `${detail}; at most ${MOST_FILES} files and ${MOST_BYTES} bytes are read`,
    path,
  })
}

function* readItems(path: string): Generator<readonly unknown[]> {
  const file = openSync(path, 'r')
  try {
    let rest = Buffer.alloc(0)
    for (;;) {
      const part = Buffer.allocUnsafe(PART)
      const read = readSync(file, part, 0, PART, null)
      const bytes = Buffer.concat([rest, part.subarray(0, read)])
      if (read === 0) return yield parseItems(bytes, path)
      const cut = bytes.lastIndexOf(BETWEEN)
      rest = cut === -1 ? bytes : Buffer.concat([Buffer.from('['), bytes.subarray(cut + 3)])
      if (cut !== -1)
        yield parseItems(Buffer.concat([bytes.subarray(0, cut + 1), Buffer.from(']')]), path)
    }
  } finally {
    closeSync(file)
  }
}

function parseItems(bytes: Buffer, path: string): readonly unknown[] {
  const items = parseJson(bytes.toString('utf8'))
  if (Array.isArray(items)) return items
  throw datasetErrors.DATASET_FILE_INVALID({ detail: 'it is not a listing of files', path })
}

function parseEntry(item: unknown, path: string): DirEntry {
  const { relpath, md5 } = (item ?? {}) as { relpath?: unknown; md5?: unknown }
  if (typeof relpath !== 'string' || typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5))
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'an entry has no relpath or md5', path })
  const fault = relpathFault(relpath)
  if (fault !== null)
    throw datasetErrors.DATASET_OUTSIDE({ detail: `${JSON.stringify(relpath)} ${fault}`, path })
  return { relpath, md5 }
}

// Ours and DVC's are sorted already; another's may not be.
function sortedListing(listing: Listing, path: string): Listing {
  const { relpaths } = listing
  const isOrdered = (name: string, index: number): boolean =>
    index === 0 || compareCodePoints(relpaths[index - 1] ?? '', name) < 0
  if (relpaths.every(isOrdered)) return listing
  const sorted = packListing([...listingEntries(listing)])
  const twice = sorted.relpaths.find((name, index) => sorted.relpaths[index + 1] === name)
  if (twice === undefined) return sorted
  throw datasetErrors.DATASET_FILE_INVALID({ detail: `${twice} is listed twice`, path })
}

// One name as a file and as a folder cannot both be made.
function refuseClashes(relpaths: readonly string[], path: string): void {
  const folders = new Set<string>()
  let last = ''
  for (const relpath of relpaths) {
    const parent = relpath.slice(0, Math.max(0, relpath.lastIndexOf('/')))
    if (parent === last) continue
    last = parent
    for (let name = parent; name !== '' && !folders.has(name);) {
      folders.add(name)
      name = name.slice(0, Math.max(0, name.lastIndexOf('/')))
    }
  }
  const clash = relpaths.find((relpath) => folders.has(relpath))
  if (clash !== undefined)
    throw datasetErrors.DATASET_FILE_INVALID({ detail: `${clash} is a file and a folder`, path })
}
