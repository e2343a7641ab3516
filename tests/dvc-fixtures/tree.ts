import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PRIVATE: ReadonlySet<string> = new Set(['.git', '.home', '.ratchet', '.dvc/tmp'])

/**
 * Everything that two tools must agree on in a repository: path → what its owner may do (or `link`) and content. Their
 * own records are left out.
 */
export function readTree(root: string): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {}
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (PRIVATE.has(path) || path.endsWith('.ratchet-tmp')) continue
      if (entry.isDirectory()) visit(path)
      else tree[path] = describe(root, path)
    }
  }
  visit('')
  return Object.fromEntries(Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function describe(root: string, path: string): string {
  const stats = lstatSync(join(root, path))
  const mode = ((stats.mode & 0o700) >> 6).toString(8)
  const kind = stats.isSymbolicLink() ? 'link' : mode
  return `${kind} ${readFileSync(join(root, path), 'utf8')}`
}
