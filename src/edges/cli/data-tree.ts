import type { ListedPath } from '../../capabilities/datasets/index.ts'
import { compareCodePoints } from '../../capabilities/datasets/index.ts'

interface Branch {
  readonly entry: ListedPath | null
  readonly below: Map<string, Branch>
}

/** A line of a tree: what is drawn, and what it stands for; null for a folder that has no entry of its own. */
export interface TreeLine {
  readonly text: string
  readonly entry: ListedPath | null
}

/** Paths as a tree below `top`, as `dvc list --tree` draws it. */
export function treeLines(top: string, paths: readonly ListedPath[]): readonly TreeLine[] {
  const root: Branch = { entry: null, below: new Map() }
  for (const entry of paths) {
    let branch = root
    const parts = entry.path.split('/')
    for (const [depth, part] of parts.entries()) {
      const next = branch.below.get(part) ?? {
        entry: depth === parts.length - 1 ? entry : null,
        below: new Map<string, Branch>(),
      }
      branch.below.set(part, next)
      branch = next
    }
  }
  return [{ text: top, entry: null }, ...drawn(root, '')]
}

function drawn({ below }: Branch, prefix: string): readonly TreeLine[] {
  const sorted = [...below].toSorted(([a], [b]) => compareCodePoints(a, b))
  return sorted.flatMap(([name, branch], index) => {
    const isLast = index === sorted.length - 1
    const line = { text: `${prefix}${isLast ? '└── ' : '├── '}${name}`, entry: branch.entry }
    return [line, ...drawn(branch, `${prefix}${isLast ? '    ' : '│   '}`)]
  })
}
