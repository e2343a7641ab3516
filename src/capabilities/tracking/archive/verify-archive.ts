import { createHash } from 'node:crypto'
import { storageErrors } from '../../../storage/errors.ts'
import {
  type ArchivedFile,
  invalidArchive,
  LARGEST_DOCUMENT,
  LARGEST_MANIFEST,
  MANIFEST,
  type Manifest,
  parseManifest,
} from './manifest.ts'
import { type ArchiveEntry, walkArchive } from './walk-archive.ts'

/**
 * Reads an archive to its end before anything of it is believed: every file that its manifest names, once, with that
 * size and hash, and nothing else. `free` is how many bytes there is room for.
 * @throws ARCHIVE_INVALID, STORAGE_FULL
 */
export async function verifyArchive(file: string, free: number): Promise<Manifest> {
  let manifest: Manifest | undefined
  const seen = new Set<string>()
  await walkArchive(file, LARGEST_MANIFEST, async (entry) => {
    if (manifest === undefined) {
      manifest = await readManifest(entry)
      requireRoom(manifest, free)
      return
    }
    const expected = manifest.files[entry.path]
    if (expected === undefined)
      throw invalidArchive('its manifest does not name this file', entry.path)
    if (seen.has(entry.path)) throw invalidArchive('it holds this file twice', entry.path)
    if (entry.bytes !== expected.bytes) throw otherContent(entry.path)
    seen.add(entry.path)
    for await (const _ of hashed(entry.content, entry.path, expected));
  })
  if (manifest === undefined) throw invalidArchive('it is empty', file)
  const missing = Object.keys(manifest.files).find((path) => !seen.has(path))
  if (missing !== undefined) throw invalidArchive('it lacks a file of its manifest', missing)
  return manifest
}

async function readManifest(entry: ArchiveEntry): Promise<Manifest> {
  if (entry.path !== MANIFEST || entry.bytes > LARGEST_MANIFEST)
    throw invalidArchive(`it does not begin with a ${MANIFEST}`, entry.path)
  return parseManifest(await readText(entry, LARGEST_MANIFEST))
}

function requireRoom({ files }: Manifest, free: number): void {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > free)
    throw storageErrors.STORAGE_FULL({
      detail: `the archive has ${bytes} bytes, there is room for ${free}`,
    })
}

/** @throws ARCHIVE_INVALID when it is too long */
export async function readText({ path, bytes, content }: ArchiveEntry, most = LARGEST_DOCUMENT) {
  if (bytes > most) throw invalidArchive(`${bytes} bytes are more than ${most}`, path)
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The content, which ends with an error when it was another. */
export async function* hashed(
  content: AsyncIterable<Uint8Array>,
  path: string,
  expected: ArchivedFile,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== expected.sha256) throw otherContent(path)
}

function otherContent(path: string): Error {
  return invalidArchive('it is not the file that the manifest names: size or hash differ', path)
}
