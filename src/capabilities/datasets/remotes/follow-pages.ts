import { datasetErrors } from '../errors.ts'
import type { RemoteObject } from './port.ts'

/** So many pages in a row that name nothing are no listing of a store that means well. */
const MOST_EMPTY_PAGES = 100

/**
 * Looks at the pages of one listing as they come, and at what the store says comes next.
 * The check throws DATASET_REMOTE_CORRUPT for a listing that goes round or goes on without naming anything.
 */
export function followPages(
  where: string,
): (objects: readonly RemoteObject[], next: string | undefined) => void {
  const seen = new Set<string>()
  let empty = 0
  return (objects, next) => {
    empty = objects.length === 0 ? empty + 1 : 0
    const first = objects[0]?.key ?? ''
    const marks = [...(first === '' ? [] : [`key ${first}`]), ...(next ? [`next ${next}`] : [])]
    const again = marks.find((mark) => seen.has(mark))
    for (const mark of marks) seen.add(mark)
    if (again === undefined && empty <= MOST_EMPTY_PAGES) return
    throw datasetErrors.DATASET_REMOTE_CORRUPT({
      detail:
        again === undefined
          ? `the listing of ${where} goes on after ${empty} pages without a name; expected objects or its end`
          : `the listing of ${where} comes back to a page that it gave before (${again}); expected its end`,
      next: 'The server lists wrongly: check that the address is that of the store itself, and tell who runs it.',
    })
  }
}
