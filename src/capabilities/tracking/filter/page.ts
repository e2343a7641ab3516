import { trackingErrors } from '../errors.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** Opaque; `null` on the last page. */
  readonly nextPageToken: string | null
}

/** Where a page starts: after so many items, or after the item with these values in the order. */
export type PagePlace =
  | { readonly offset: number }
  | { readonly after: readonly (string | number | null)[] }

/** @throws TRACKING_INVALID for what is no token of ours */
export function placeOfPage(token: string | undefined): PagePlace {
  if (token === undefined || token === '') return { offset: 0 }
  const place = parse(Buffer.from(token, 'base64').toString('utf8'))
  if (isPlace(place)) return place
  throw trackingErrors.TRACKING_INVALID({
    detail: `Invalid page token, could not parse: ${token}`,
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isPlace(value: unknown): value is PagePlace {
  if (typeof value !== 'object' || value === null) return false
  if ('offset' in value) return Number.isSafeInteger(value.offset) && (value.offset as number) >= 0
  const known = (item: unknown): boolean =>
    item === null || typeof item === 'string' || typeof item === 'number'
  return 'after' in value && Array.isArray(value.after) && value.after.every(known)
}

/** The token of the page that begins after this item. It goes on there also when others were added meanwhile. */
export function tokenAfter(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify({ after: values })).toString('base64')
}

/** Where a page starts; the token is MLflow's own, base64 of `{"offset": N}`. @throws TRACKING_INVALID */
export function startOfPage(token: string | undefined): number {
  const place = placeOfPage(token)
  if ('offset' in place) return place.offset
  throw trackingErrors.TRACKING_INVALID({
    detail: `Invalid page token, could not parse: ${token}`,
  })
}

/** Cuts `size` items from a result that was asked for one more. */
export function pageOf<T>(found: readonly T[], start: number, size: number): Page<T> {
  if (found.length <= size) return { items: found, nextPageToken: null }
  const token = Buffer.from(`{"offset": ${start + size}}`).toString('base64')
  return { items: found.slice(0, size), nextPageToken: token }
}
