import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PRIVATE: ReadonlySet<string> = new Set(['.git', '.home', '.ratchet', '.dvc/tmp'])

/**
 * Everything that two tools must agree on in a repository: path → content, with its mode and what it links to.
 * Their own records are left out; of the cache, the names of the objects stand for the content.
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
  const mode = (stats.mode & 0o777).toString(8)
  const kind = stats.isSymbolicLink() ? 'link' : mode
  if (path.startsWith('.dvc/cache/') && !path.includes('/runs/')) return kind
  return `${kind} ${readFileSync(join(root, path), 'latin1')}`
}
