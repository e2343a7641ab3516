type Compare = (one: number, other: number) => number

/** The place of the first for which the test holds, where it holds for all after that; the length where it holds for none. */
export function firstPlace(
  ordered: Int32Array,
  holds: (item: number) => boolean,
  from: number = 0,
): number {
  let [low, high] = [from, ordered.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(ordered[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

/** The same order after some moved in it, came to it or are gone: `moved` names them all, `there` those that remain. */
export function mendOrder(
  ordered: Int32Array,
  { moved, there }: { readonly moved: ReadonlySet<number>; readonly there: readonly number[] },
  compare: Compare,
): Int32Array {
  const stayed = ordered.filter((item) => !moved.has(item))
  const placed = there.toSorted(compare)
  const mended = new Int32Array(stayed.length + placed.length)
  let from = 0
  placed.forEach((item, before) => {
    const to = firstPlace(stayed, (other) => compare(other, item) > 0, from)
    mended.set(stayed.subarray(from, to), from + before)
    mended[to + before] = item
    from = to
  })
  mended.set(stayed.subarray(from), from + placed.length)
  return mended
}
