import { compareCodePoints } from '../datasets/index.ts'

/** Finds among many paths those that overlap with one. */
export interface PathIndex {
  /** In the order of code points. */
  readonly paths: readonly string[]
  /** Names of the paths that are this one, hold it or lie in it. */
  readonly overlapping: (path: string) => readonly string[]
  /** The outermost path that this one lies in; null when there is none. */
  readonly holderOf: (path: string) => string | null
}

/** From names by path. */
export function pathIndex(names: ReadonlyMap<string, string>): PathIndex {
  const paths = [...names.keys()].toSorted(compareCodePoints)
  const holdersOf = (path: string) => parents(path).filter((parent) => names.has(parent))
  return {
    paths,
    holderOf: (path) => holdersOf(path)[0] ?? null,
    overlapping: (path) => {
      const same = names.has(path) ? [path] : []
      const found = [...holdersOf(path), ...same, ...inside(paths, path)]
      return found.map((each) => names.get(each) ?? '')
    },
  }
}

/** The folders that a path lies in, outermost first. */
export function parents(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

function inside(sorted: readonly string[], folder: string): readonly string[] {
  const prefix = `${folder}/`
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareCodePoints(sorted[middle] ?? '', prefix) < 0) low = middle + 1
    else high = middle
  }
  let end = low
  while (sorted[end]?.startsWith(prefix) === true) end += 1
  return sorted.slice(low, end)
}
