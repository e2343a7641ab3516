/**
 * The first `count` of what is added, in order. Keeps some more than it must and cuts them now and then, so that a
 * hundred of a hundred thousand are found without sorting the rest.
 */
export function createFirst(count: number, compare: (one: number, other: number) => number) {
  const most = Math.max(4 * count, 1024)
  let kept: number[] = []
  let worst: number | undefined
  const cut = (): void => {
    kept.sort(compare)
    kept = kept.slice(0, count)
    worst = kept.length === count ? kept.at(-1) : undefined
  }
  return {
    add: (item: number): void => {
      if (worst !== undefined && compare(item, worst) >= 0) return
      kept.push(item)
      if (kept.length >= most) cut()
    },
    take: (): readonly number[] => {
      cut()
      return kept
    },
  }
}
