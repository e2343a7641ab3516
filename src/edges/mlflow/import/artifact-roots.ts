import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the files of a run or model are. `elsewhere`: in a store that keeps them, such as S3. */
export type Located =
  | { readonly state: 'here'; readonly folder: string }
  | { readonly state: 'elsewhere' }
  | { readonly state: 'none' }
  | { readonly state: 'refused'; readonly reason: string }

export type LocateArtifacts = (uri: string, tails: readonly string[]) => Located

/**
 * Finds artifacts below the roots that the user named or that belong to the source, and nowhere else: an address in a
 * database or a meta.yaml is a claim, and could be that of anybody's files. `tails` are the usual places below a root,
 * which also hold after the tree was moved. `base` is what relative addresses are relative to.
 */
export function createLocator(roots: readonly string[], base: string): LocateArtifacts {
  const real = roots.map(realOf).filter((root) => root !== null)
  return (uri, tails) => {
    if (isRemote(uri)) return { state: 'elsewhere' }
    for (const root of real)
      for (const tail of tails) {
        const folder = realOf(join(root, tail))
        if (folder !== null && isInside(folder, [root])) return { state: 'here', folder }
      }
    const path = localPath(uri, base)
    const folder = path === null ? null : realOf(path)
    if (folder === null) return { state: 'none' }
    if (isInside(folder, real)) return { state: 'here', folder }
    const known = roots.join(', ') || 'any folder that was named'
    const reason = `${uri} lies outside of ${known}; name its folder with --artifacts`
    return { state: 'refused', reason }
  }
}

/** An address that another store answers for, as opposed to a folder of this machine or of MLflow's own proxy. */
export function isRemote(uri: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase()
  if (scheme === undefined || scheme === 'file') return false
  return scheme !== 'mlflow-artifacts' || /^mlflow-artifacts:\/\/[^/]/.test(uri)
}

function localPath(uri: string, base: string): string | null {
  if (uri === '' || uri.startsWith('mlflow-artifacts:')) return null
  try {
    if (/^file:/i.test(uri)) return fileURLToPath(uri)
  } catch {
    return null
  }
  return isAbsolute(uri) ? uri : resolve(base, uri)
}

function realOf(folder: string): string | null {
  try {
    const real = realpathSync(folder)
    return statSync(real).isDirectory() ? real : null
  } catch {
    return null
  }
}

function isInside(folder: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const below = relative(root, folder)
    return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
  })
}
