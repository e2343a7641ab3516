import { z } from 'zod'
import { trackingErrors } from '../errors.ts'

export const MANIFEST = 'manifest.json'
export const FORMAT = 'ratchet-runs'
/** Its first file, and the only one that is read before it is known what should be there. */
export const LARGEST_MANIFEST = 256 * 2 ** 20
/** Of what is read at once, such as a run without its history. */
export const LARGEST_DOCUMENT = 64 * 2 ** 20

const fileSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
})

/** What an archive holds, with the hash of each file: nothing else is taken from it. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  made_at: z.string(),
  runs: z.array(z.string()),
  logged_models: z.array(z.string()),
  files: z.record(z.string(), fileSchema),
})
export type Manifest = z.infer<typeof manifestSchema>
export type ArchivedFile = z.infer<typeof fileSchema>

export function invalidArchive(detail: string, path?: string): Error {
  return trackingErrors.ARCHIVE_INVALID({ detail, path })
}

/** @throws ARCHIVE_INVALID */
export function parseManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidArchive(`its ${MANIFEST} is no JSON`)
  }
  const parsed = manifestSchema.safeParse(value)
  if (parsed.success) {
    for (const path of Object.keys(parsed.data.files)) checkArchivedPath(path)
    return parsed.data
  }
  const [issue] = parsed.error.issues
  throw invalidArchive(
    `its ${MANIFEST} is another format: ${issue?.path.join('.')} ${issue?.message}`,
  )
}

const PLACES =
  /^(?:experiment\.json|(?:runs|models)\/[a-zA-Z0-9][\w-]{0,255}\/(?:run\.json|model\.json|metrics\.ndjson|artifacts\/.+))$/

/** @throws ARCHIVE_INVALID for a path that leads out of its place, or to none that an archive has */
export function checkArchivedPath(path: string): void {
  const parts = path.split('/')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const isOdd = /[\\%#\u0000-\u001f\u007f]/.test(path)
  const climbs = parts.some((part) => part === '' || part === '.' || part === '..')
  if (isOdd || climbs || !PLACES.test(path))
    throw invalidArchive('a path that no archive has', path)
}
