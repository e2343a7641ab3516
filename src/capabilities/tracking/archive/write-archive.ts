import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack as createPack } from 'tar-stream'
import { storageError } from '../../../storage/errors.ts'
import type { Run } from '../schema.ts'
import {
  type ArchiveStores,
  filesOf,
  historyOf,
  listOf,
  modelToDocument,
  runToDocument,
} from './contents.ts'
import { toText } from './documents.ts'
import {
  type ArchivedFile,
  checkArchivedPath,
  FORMAT,
  MANIFEST,
  type Manifest,
} from './manifest.ts'

export interface ArchiveRequest {
  readonly experimentId: string
  readonly runIds: readonly string[]
  /** Gzipped when it ends in `.gz` or `.tgz`. */
  readonly file: string
  readonly madeAt: string
  readonly signal: AbortSignal
}

interface Entry {
  readonly path: string
  readonly content: () => AsyncIterable<Uint8Array>
}

/** Writes runs with their history, files and logged models as one file, whole or not at all. */
export async function writeArchive(
  stores: ArchiveStores,
  request: ArchiveRequest,
): Promise<Manifest> {
  const files: Record<string, ArchivedFile> = {}
  const models = new Set<string>()
  for await (const { path, content } of entriesOf(stores, request, models)) {
    request.signal.throwIfAborted()
    checkArchivedPath(path)
    files[path] = await fingerprint(content())
  }
  const manifest: Manifest = {
    format: FORMAT,
    version: 1,
    made_at: request.madeAt,
    runs: [...request.runIds],
    logged_models: [...models],
    files,
  }
  await writeWhole(request, async (pack) => {
    const text = Buffer.from(toText(manifest))
    pack.entry({ name: MANIFEST, size: text.length }, text)
    for await (const { path, content } of entriesOf(stores, request, new Set()))
      await addEntry(pack, path, files[path]?.bytes ?? 0, content())
    pack.finalize()
  })
  return manifest
}

async function* entriesOf(
  stores: ArchiveStores,
  { experimentId, runIds }: ArchiveRequest,
  models: Set<string>,
): AsyncIterable<Entry> {
  const { tracking } = stores
  const { tags, name, lifecycle, createdAt, updatedAt } = await tracking.getExperiment(experimentId)
  const experiment = { name, lifecycle, createdAt, updatedAt, tags: listOf(tags) }
  yield { path: 'experiment.json', content: () => justOnce(toText(experiment)) }
  for (const id of runIds) {
    const run = await tracking.getRun(id)
    const place = `runs/${id}`
    const document = toText(runToDocument(run, await tracking.getRunSnapshot(id)))
    yield { path: `${place}/run.json`, content: () => justOnce(document) }
    yield { path: `${place}/metrics.ndjson`, content: () => historyLines(stores, run) }
    yield* artifactEntries(stores, run.artifactUri, place)
    for (const modelId of await tracking.listModelsOfRun(id)) {
      if (models.has(modelId)) continue
      models.add(modelId)
      const model = await tracking.getLoggedModel(modelId)
      const text = toText(modelToDocument(model))
      yield { path: `models/${modelId}/model.json`, content: () => justOnce(text) }
      yield* artifactEntries(stores, model.artifactUri, `models/${modelId}`)
    }
  }
}

async function* justOnce(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}

async function* historyLines(stores: ArchiveStores, run: Run): AsyncIterable<Uint8Array> {
  for await (const piece of historyOf(stores, run))
    yield Buffer.from(piece.map((point) => `${toText(point)}\n`).join(''))
}

async function* artifactEntries(
  stores: ArchiveStores,
  uri: string,
  place: string,
): AsyncIterable<Entry> {
  for await (const { path, full } of filesOf(stores, uri))
    yield {
      path: `${place}/artifacts/${path}`,
      content: async function* () {
        yield* (await stores.artifacts.read(full)).stream as AsyncIterable<Uint8Array>
      },
    }
}

async function fingerprint(content: AsyncIterable<Uint8Array>): Promise<ArchivedFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  return { sha256: hash.digest('hex'), bytes }
}

// A run that is still being written has grown since: the archive would not be what its manifest says.
async function addEntry(
  pack: Pack,
  name: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const entry = pack.entry({ name, size, mode: 0o644 })
  await pipeline(Readable.from(content), entry)
}

async function writeWhole(
  { file }: ArchiveRequest,
  write: (pack: Pack) => Promise<void>,
): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  const pack = createPack()
  const target = createWriteStream(temporary, { flush: true })
  const steps = /\.(gz|tgz)$/.test(file) ? [pack, createGzip({ level: 3 }), target] : [pack, target]
  try {
    await Promise.all([
      pipeline(steps as never),
      write(pack).catch((error: unknown) => {
        pack.destroy()
        throw error
      }),
    ])
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw storageError(error)
  }
}
