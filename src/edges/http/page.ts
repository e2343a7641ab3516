import { httpErrors } from './errors.ts'

export interface PageAsked {
  readonly page_token?: string | undefined
  readonly page_size: number
  readonly limit?: number | undefined
}

/** So many are read of a list at most; what is older is found by its own address. */
export const MOST_ROWS = 10_000

/**
 * One page of a list that is read whole. The token is the key of the last item seen, so that what is added
 * meanwhile at the front moves nothing. @throws REQUEST_INVALID for a token that is no longer there
 */
export function pageOf<Item>(
  items: readonly Item[],
  { page_token, page_size, limit }: PageAsked,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly next_page_token: string | null } {
  const start =
    page_token === undefined ? 0 : items.findIndex((item) => keyOf(item) === page_token) + 1
  if (page_token !== undefined && start === 0)
    throw httpErrors.REQUEST_INVALID({ detail: 'it is no token of this list', path: 'page_token' })
  const end = start + (limit ?? page_size)
  const page = items.slice(start, end)
  const last = page.at(-1)
  return {
    items: page,
    next_page_token: end < items.length && last !== undefined ? keyOf(last) : null,
  }
}
