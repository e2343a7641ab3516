import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { safeArtifactPath } from '../../capabilities/tracking/index.ts'
import { identifier, openTextTable } from '../../storage/analytics/index.ts'
import { artifactQuerySchema, type ArtifactTable, type ArtifactText } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { API_BASE, handle } from './handle.ts'
import { parseModelFile } from './model-file.ts'
import { operations } from './operations.ts'

type Deps = Pick<ApiDeps, 'tracking' | 'artifacts' | 'analytics'>

/** Files that were logged, to look at: none of them can act as a part of our page. */
export function registerArtifactViews(app: FastifyInstance, deps: Deps): void {
  handle(app, operations.artifacts, async ({ params, query }) => {
    const folder = safeArtifactPath(query.path)
    const files = await deps.artifacts.list(join(await rootOf(deps, params.id), folder))
    const items = files.map(({ name, isFolder, size }) => ({
      path: join(folder, name),
      name,
      is_folder: isFolder,
      size,
    }))
    return { path: folder, items }
  })
  handle(app, operations.artifactText, ({ params, query }) => readText(deps, params.id, query.path))
  handle(app, operations.artifactTable, ({ params, query }) => readTable(deps, params.id, query))
  handle(app, operations.artifactModel, async ({ params, query }) =>
    parseModelFile((await readText(deps, params.id, query.path)).text, query.path),
  )
  registerRaw(app, deps)
}

/** Where the files of a run or a logged model lie below the artifact root. */
async function rootOf({ tracking, artifacts }: Deps, id: string): Promise<string> {
  const uri = id.startsWith('m-')
    ? (await tracking.getLoggedModel(id)).artifactUri
    : (await tracking.getRunInfo(id)).artifactUri
  const root = artifacts.pathOf(uri)
  if (root !== null) return root
  throw httpErrors.NOT_FOUND({
    detail: `The files are kept at ${uri}, not here.`,
    next: 'Read them from there; only files that were logged through this server can be shown.',
  })
}

function join(folder: string, name: string): string {
  return folder === '' || name === '' ? folder + name : `${folder}/${name}`
}

async function locate(deps: Deps, id: string, path: string): Promise<string> {
  return join(await rootOf(deps, id), safeArtifactPath(path))
}

const MOST_TEXT = 512 * 1024

async function readText(deps: Deps, id: string, path: string): Promise<ArtifactText> {
  const { stream, size } = await deps.artifacts.read(await locate(deps, id, path))
  const bytes = await beginning(stream, MOST_TEXT)
  const isText = !bytes.subarray(0, 8192).includes(0)
  // A character that the end cuts in two is left away.
  const text = isText ? new TextDecoder('utf-8').decode(bytes, { stream: size > MOST_TEXT }) : ''
  return { path, size, is_text: isText, text, truncated: size > bytes.length }
}

async function beginning(stream: Readable, most: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    parts.push(part as Buffer)
    length += (part as Buffer).length
    if (length >= most) break
  }
  return Buffer.concat(parts).subarray(0, most)
}

interface Rows {
  readonly path: string
  readonly offset: number
  readonly limit: number
}

async function readTable(deps: Deps, id: string, asked: Rows): Promise<ArtifactTable> {
  const path = await locate(deps, id, asked.path)
  // Reading it first refuses whatever leads out of the folder.
  const { stream } = await deps.artifacts.read(path)
  stream.destroy()
  const file = deps.artifacts.localPath(`mlflow-artifacts:/${path}`)
  if (file === null) throw httpErrors.NOT_FOUND({ detail: `There is no ${asked.path}.` })
  const { columns, from, scan } = await openTextTable(deps.analytics, file)
  const [count] = await scan(`select count(*) as n from ${from}`)
  const names = columns.map(identifier).join(', ')
  const found = await scan(
    `select ${names} from ${from} limit ${asked.limit} offset ${asked.offset}`,
  )
  const rows = found.map((row) =>
    columns.map((column) => {
      const value = row[column] ?? null
      return value === null || typeof value === 'string' ? value : JSON.stringify(value)
    }),
  )
  return { path: asked.path, columns, rows, total: Number(count?.['n'] ?? 0) }
}

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
}
const MARKUP: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
}

/** In an origin of its own, with no network; without scripts unless they are asked for. */
const FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
const FRAME_SCRIPTS = "script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:"

const rawQuerySchema = artifactQuerySchema.extend({
  show: z.enum(['file', 'frame', 'scripts']).default('file'),
})

function registerRaw(app: FastifyInstance, deps: Deps): void {
  app.get<{ Params: { id: string } }>(`${API_BASE}/artifacts/:id/raw`, async (request, reply) => {
    const { path, show } = rawQuerySchema.parse(request.query)
    const { stream, size } = await deps.artifacts.read(await locate(deps, request.params.id, path))
    return dress(reply, path, show)
      .header('content-length', size)
      .header('cache-control', 'no-cache')
      .send(stream)
  })
}

/** Only pictures and what is framed are shown; anything else is a download. */
function dress(reply: FastifyReply, path: string, show: 'file' | 'frame' | 'scripts') {
  const name = path.split('/').at(-1) ?? 'artifact'
  const extension = name.split('.').at(-1)?.toLowerCase() ?? ''
  const image = IMAGES[extension]
  const markup = MARKUP[extension]
  const sandbox = show === 'scripts' ? `sandbox allow-scripts; ${FRAME_SCRIPTS};` : 'sandbox;'
  void reply.header('content-security-policy', `${sandbox} ${FRAME}; frame-ancestors 'self'`)
  if (show === 'file' && image !== undefined) return reply.type(image)
  if (show !== 'file' && markup !== undefined) return reply.type(markup)
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
}
