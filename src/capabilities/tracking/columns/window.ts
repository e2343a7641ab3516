type Compare = (one: number, other: number) => number

/** What stands from `offset` to `offset + size` once these are in order. Only that much is put in order: the items move. */
export function windowOf(
  items: number[],
  { offset, size }: { readonly offset: number; readonly size: number },
  compare: Compare,
): readonly number[] {
  const end = Math.min(offset + size, items.length)
  if (offset >= end) return []
  if (offset > 0) split(items, { from: 0, to: items.length, at: offset }, compare)
  if (end < items.length) split(items, { from: offset, to: items.length, at: end }, compare)
  return items.slice(offset, end).sort(compare)
}

interface Cut {
  from: number
  to: number
  /** Before it nothing is greater than anything from it on. */
  readonly at: number
}

const SHORT = 32

// Hoare's selection. An input that splits badly again and again is sorted instead, so it takes no more than a sort.
function split(items: number[], cut: Cut, compare: Compare): void {
  for (
    let turns = 2 * Math.log2(items.length);
    cut.to - cut.from > SHORT && turns > 0;
    turns -= 1
  ) {
    const middle = partition(items, cut, compare)
    if (cut.at < middle) cut.to = middle
    else if (cut.at > middle) cut.from = middle
    else return
  }
  const sorted = items.slice(cut.from, cut.to).sort(compare)
  sorted.forEach((item, index) => {
    items[cut.from + index] = item
  })
}

/** Where the greater ones begin; neither side is empty. */
function partition(items: number[], { from, to }: Cut, compare: Compare): number {
  const pivot = median(items, from, to, compare)
  let low = from - 1
  let high = to
  for (;;) {
    do low += 1
    while (compare(items[low] ?? 0, pivot) < 0)
    do high -= 1
    while (compare(items[high] ?? 0, pivot) > 0)
    if (low >= high) return high + 1
    const item = items[low] ?? 0
    items[low] = items[high] ?? 0
    items[high] = item
  }
}

function median(items: readonly number[], from: number, to: number, compare: Compare): number {
  const three = [items[from] ?? 0, items[(from + to) >> 1] ?? 0, items[to - 1] ?? 0]
  return three.sort(compare)[1] ?? 0
}
