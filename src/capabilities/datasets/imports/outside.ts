import { existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { madeBeside } from '../foreign/put-in-place.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import { type ImportSource, importSource } from './source.ts'
import { listStore } from './store-source.ts'

export interface ListedAddress {
  /** From the address. */
  readonly path: string
  readonly isdir: boolean
  /** Of a folder null. */
  readonly size: number | null
}

export interface AddressRequest {
  /** A path, an address, or `remote://NAME/PATH`. */
  readonly url: string
  /** Where a relative path starts. */
  readonly cwd: string
}

/** What lies at a path or address that is no repository. @throws DATASET_NOT_FOUND, DATASET_REMOTE_… */
export async function listAddress(
  project: DataProject,
  { url, cwd, recursive = false }: AddressRequest & { readonly recursive?: boolean | undefined },
): Promise<readonly ListedAddress[]> {
  const files = await filesAt(project, { url, cwd })
  if (recursive) return files.map(({ path, size }) => ({ path, isdir: false, size }))
  const entries = new Map<string, ListedAddress>()
  for (const { path, size } of files) {
    const [first = path, ...rest] = path.split('/')
    const isdir = rest.length > 0
    entries.set(first, { path: first, isdir, size: isdir ? null : size })
  }
  return [...entries.values()]
}

async function filesAt(project: DataProject, { url, cwd }: AddressRequest) {
  if (/^https?:\/\//i.test(url)) {
    const source = importSource(project, { url, from: cwd, wdir: '' })
    const size = (await source.entry()).get('size')
    return [{ path: source.name, size: typeof size === 'number' ? size : 0 }]
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return listStore(project, url)
  const top = resolve(cwd, url)
  const stats = statSync(top, { throwIfNoEntry: false })
  if (stats === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `there is no ${url}`, path: url })
  if (!stats.isDirectory()) return [{ path: posix.basename(top), size: stats.size }]
  return localFiles(top, '').toSorted((a, b) => compareCodePoints(a.path, b.path))
}

function localFiles(
  top: string,
  below: string,
): { readonly path: string; readonly size: number }[] {
  return readdirSync(join(top, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return localFiles(top, path)
    const stats = statSync(join(top, path), { throwIfNoEntry: false })
    return stats?.isFile() === true ? [{ path, size: stats.size }] : []
  })
}

/**
 * Copies what lies at a path or address to a place of this machine, without tracking it. Nothing is there that did
 * not come whole.
 * @throws DATASET_NOT_FOUND, DATASET_OVERLAPS, DATASET_REMOTE_…
 */
export async function getAddress(
  project: DataProject,
  request: AddressRequest & {
    /** A new name, or a folder to put it in. */
    readonly out?: string | undefined
    readonly force?: boolean | undefined
  },
): Promise<string> {
  const { url, cwd, force = false } = request
  const source = importSource(project, { url, from: cwd, wdir: '' })
  const target = targetOf(source, request)
  if (existsSync(target) && !force)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${target} exists already`,
      path: target,
      next: 'Name another place, or add --force to replace it.',
    })
  try {
    await madeBeside(target, source.download, mergeInto)
    return target
  } catch (error) {
    throw storageError(error)
  }
}

// Into a folder that is there, as with DVC: what it has besides stays.
function mergeInto(staging: string, target: string): void {
  if (!isFolder(staging) || !isFolder(target)) {
    renameSync(staging, target)
    reach('get: named')
    return
  }
  for (const name of readdirSync(staging)) mergeInto(join(staging, name), join(target, name))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function targetOf(
  { name }: ImportSource,
  { out, cwd }: { readonly out?: string | undefined; readonly cwd: string },
): string {
  if (out === undefined) return join(cwd, name)
  const asked = resolve(cwd, out)
  return isFolder(asked) ? join(asked, name) : asked
}
