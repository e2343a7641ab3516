/**
 * Does slow work for one batch of items at a time: what comes while a batch is under way is done together in the next.
 * Each item is answered when its batch is done, by what that returned or threw.
 */
export function inBatches<Item, Result>(
  work: (items: readonly Item[]) => Promise<Result>,
): (item: Item) => Promise<Result> {
  let waiting: Item[] = []
  let next: Promise<Result> | null = null
  let last: Promise<unknown> = Promise.resolve()
  const start = (): Promise<Result> => {
    const items = waiting
    waiting = []
    next = null
    const working = work(items)
    last = working.catch(() => {})
    return working
  }
  return (item) => {
    waiting.push(item)
    next ??= last.then(start)
    return next
  }
}
