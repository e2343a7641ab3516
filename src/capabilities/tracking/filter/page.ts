import { trackingErrors } from '../errors.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** Opaque; `null` on the last page. */
  readonly nextPageToken: string | null
}

/** Where a page starts; the token is MLflow's own, base64 of `{"offset": N}`. @throws TRACKING_INVALID */
export function startOfPage(token: string | undefined): number {
  if (token === undefined || token === '') return 0
  const match = /^\{\s*"offset"\s*:\s*(\d{1,15})\s*\}$/.exec(
    Buffer.from(token, 'base64').toString('utf8'),
  )
  if (match === null)
    throw trackingErrors.TRACKING_INVALID({
      detail: `Invalid page token, could not parse: ${token}`,
    })
  return Number(match[1])
}

/** Cuts `size` items from a result that was asked for one more. */
export function pageOf<T>(found: readonly T[], start: number, size: number): Page<T> {
  if (found.length <= size) return { items: found, nextPageToken: null }
  const token = Buffer.from(`{"offset": ${start + size}}`).toString('base64')
  return { items: found.slice(0, size), nextPageToken: token }
}
