import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, systemClock } from '../../base/time.ts'
import { replaceDurably, type WriteOptions, writeDurably } from '../../storage/blobs/index.ts'
import { safeArtifactPath } from './artifact-path.ts'
import { trackingErrors } from './errors.ts'
import { invalid } from './names.ts'

/** Below the artifact root; nobody reaches it by path. */
export const UPLOADS_FOLDER = '.uploads'

const MOST_PARTS = 10_000
const KEPT_MS = 7 * DAY_MS
const READ_AT_ONCE = 1024 * 1024

export interface UploadPart {
  readonly number: number
  readonly etag: string
}

interface Upload {
  readonly path: string
  readonly parts: number
}

export interface ArtifactWriting {
  /** @throws ARTIFACT_PATH_INVALID where nothing may be written */
  readonly check: (path: string) => unknown
  readonly write: (
    path: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: WriteOptions,
  ) => Promise<void>
}

/**
 * Files that come in parts, in any order and each as often as the client likes. The file is there, whole, once it
 * is completed, and not before. What nobody completes is taken away after a week.
 */
export function createArtifactUploads(root: string, { check, write }: ArtifactWriting) {
  const folder = join(root, UPLOADS_FOLDER)
  const load = async (id: string): Promise<Upload> => {
    const text = /^[0-9a-f]{32}$/.test(id)
      ? await readFile(join(folder, id, 'upload.json'), 'utf8').catch(() => null)
      : null
    if (text === null)
      throw trackingErrors.ARTIFACT_UNKNOWN({ detail: `No such multipart upload: '${id}'` })
    return JSON.parse(text) as Upload
  }
  const remove = (id: string) => rm(join(folder, id), { recursive: true, force: true })
  return {
    /** Gives the upload's id. @throws ARTIFACT_PATH_INVALID, TRACKING_INVALID */
    begin: async (path: string, parts: number): Promise<string> => {
      if (!(Number.isInteger(parts) && parts >= 1 && parts <= MOST_PARTS))
        throw invalid(`num_parts must be between 1 and ${MOST_PARTS}, got ${parts}.`)
      check(path)
      await removeForgotten(folder)
      const id = randomBytes(16).toString('hex')
      const upload: Upload = { path: safeArtifactPath(path), parts }
      await replaceDurably(join(folder, id, 'upload.json'), Buffer.from(JSON.stringify(upload)))
      return id
    },
    /** Gives what the client says again when it completes. @throws ARTIFACT_UNKNOWN, TRACKING_INVALID */
    writePart: async (
      id: string,
      number: number,
      content: Uint8Array | AsyncIterable<Uint8Array>,
    ): Promise<string> => {
      const { parts } = await load(id)
      if (!(number >= 1 && number <= parts))
        throw invalid(`There is no part ${number} of ${parts}.`)
      const nameOf = ({ digest }: { readonly digest: string }) =>
        join(folder, id, `${number}.${digest}`)
      return (await writeDurably(join(folder, id), content, nameOf)).digest
    },
    /** @throws ARTIFACT_UNKNOWN, TRACKING_INVALID for a part that never came or another path */
    complete: async (id: string, path: string, parts: readonly UploadPart[]): Promise<void> => {
      const upload = await load(id)
      requirePath(upload, path)
      const files = await partFiles(join(folder, id), upload, parts)
      await write(upload.path, joined(files))
      await remove(id)
    },
    /** @throws ARTIFACT_UNKNOWN, TRACKING_INVALID */
    abort: async (id: string, path: string): Promise<void> => {
      requirePath(await load(id), path)
      await remove(id)
    },
  }
}

function requirePath(upload: Upload, path: string): void {
  if (safeArtifactPath(path) !== upload.path)
    throw invalid(`The upload is of another file, not of '${path}'.`)
}

async function partFiles(
  folder: string,
  { parts }: Upload,
  told: readonly UploadPart[],
): Promise<readonly string[]> {
  const there = new Set(await readdir(folder))
  const etags = new Map(told.map(({ number, etag }) => [number, etag.replaceAll('"', '')]))
  return Array.from({ length: parts }, (_none, index) => {
    const name = `${index + 1}.${etags.get(index + 1) ?? ''}`
    if (!there.has(name)) throw invalid(`Part ${index + 1} of ${parts} was not uploaded so.`)
    return join(folder, name)
  })
}

async function* joined(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files)
    yield* createReadStream(file, { highWaterMark: READ_AT_ONCE }) as AsyncIterable<Uint8Array>
}

// By the disk's clock, which is the machine's, whatever time the project has.
async function removeForgotten(folder: string): Promise<void> {
  for (const id of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, id)).catch(() => null)
    if (found !== null && systemClock.now() - found.mtimeMs > KEPT_MS)
      await rm(join(folder, id), { recursive: true, force: true })
  }
}
