import { posix } from 'node:path'
import { type CheckedOut, compareCodePoints } from '../../capabilities/datasets/index.ts'

type Change = 'modified' | 'added' | 'deleted'

/** DVC's lines: the data that changed as seen from a folder of the project, folders first. */
export function checkoutLines(done: readonly CheckedOut[], here: string): readonly string[] {
  const named = done.flatMap((one) => {
    const change = changeOf(one)
    const path = posix.relative(`/${here}`, `/${one.path}`)
    return change === null ? [] : [{ change, path, isFolder: one.isFolder }]
  })
  return (['modified', 'added', 'deleted'] as const).flatMap((change) =>
    named
      .filter((one) => one.change === change)
      .toSorted(
        (a, b) => Number(b.isFolder) - Number(a.isFolder) || compareCodePoints(a.path, b.path),
      )
      .map(
        ({ path, isFolder }) =>
          `${change[0]?.toUpperCase() ?? ''}       ${path}${isFolder ? '/' : ''}`,
      ),
  )
}

// A file that is only linked in another way holds what it held.
function changeOf({ path, isNew, placed, relinked, deleted, isFolder }: CheckedOut): Change | null {
  if (deleted[0] === path) return 'deleted'
  if (isNew && (placed.length > 0 || isFolder)) return 'added'
  return placed.length > relinked.length || deleted.length > 0 ? 'modified' : null
}

/** As in `2 files fetched, 1 file modified and 3 files added`; empty when nothing changed. */
export function checkoutSummary(done: readonly CheckedOut[], fetched = 0): string {
  const sum = (count: (one: CheckedOut) => number): number =>
    done.reduce((total, one) => total + count(one), 0)
  const counts = {
    fetched,
    modified: sum(({ replaced }) => replaced.length),
    added: sum(
      ({ placed, replaced, relinked }) => placed.length - replaced.length - relinked.length,
    ),
    deleted: sum(({ deleted }) => deleted.length),
  }
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${count === 1 ? 'file' : 'files'} ${what}`)
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ')
}
