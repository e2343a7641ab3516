import { lstatSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, hashFile, isCached } from './cache.ts'
import { pathInside } from './containment.ts'
import { readDirObject } from './dir-object.ts'
import { readDvcFile } from './dvc-file.ts'
import { datasetErrors } from './errors.ts'
import { selectDvcFiles } from './find-files.ts'
import type { PathHash } from './hash-path.ts'
import { placeObject } from './place.ts'
import type { DataProject } from './project.ts'
import { listFiles } from './walk.ts'

export interface CheckoutOptions {
  /** Overwrites and deletes files whose content is not in the cache. */
  readonly force?: boolean | undefined
}

export interface CheckedOut {
  readonly path: string
  readonly placed: readonly string[]
  readonly deleted: readonly string[]
}

interface Plan {
  readonly path: string
  /** From the root. */
  readonly place: readonly { readonly path: string; readonly oid: string }[]
  readonly remove: readonly string[]
  readonly isexec: boolean
}

/**
 * Makes the workspace equal to the `.dvc` files, from the cache. Everything is planned and checked before the
 * first change; each file is made under a temporary name; what goes, goes last.
 * @throws DATASET_NOT_IN_CACHE, DATASET_WOULD_BE_LOST, DATASET_OUTSIDE
 */
export async function checkoutDatasets(
  project: DataProject,
  targets: readonly string[] = [],
  options: CheckoutOptions = {},
): Promise<readonly CheckedOut[]> {
  const plans: Plan[] = []
  for (const file of selectDvcFiles(project, targets)) {
    const { path, hash } = readDvcFile(project, file)
    if (hash !== null) plans.push(await planCheckout(project, { path, hash, ...options }))
  }
  return plans.map((plan) => applyCheckout(project, plan))
}

export interface CheckoutRequest extends CheckoutOptions {
  readonly path: string
  readonly hash: PathHash
}

/** Brings one path to a content of the cache, such as the output of a pipeline's stage. */
export async function checkoutPath(
  project: DataProject,
  request: CheckoutRequest,
): Promise<CheckedOut> {
  return applyCheckout(project, await planCheckout(project, request))
}

async function planCheckout(project: DataProject, request: CheckoutRequest): Promise<Plan> {
  const { path, hash, force = false } = request
  const wanted = wantedFiles(project, path, hash)
  const inTheWay = hash.md5.endsWith('.dir') && isPlainFile(join(project.root, path))
  if (inTheWay && !force)
    refuseLoss(project, path, await currentHash(project, join(project.root, path)))
  const place: { path: string; oid: string }[] = []
  for (const [file, oid] of wanted) {
    const { absolute } = pathInside(project.root, file)
    const current = inTheWay ? 'absent' : await currentHash(project, absolute)
    if (current === oid) continue
    if (!isCached(project, oid))
      throw datasetErrors.DATASET_NOT_IN_CACHE({ detail: `${file} (${oid})`, path: file })
    if (!force) refuseLoss(project, file, current)
    place.push({ path: file, oid })
  }
  const remove = await unlisted(project, path, wanted)
  if (!force)
    for (const file of remove)
      refuseLoss(project, file, await currentHash(project, join(project.root, file)))
  return { path, place, remove, isexec: hash.isexec === true }
}

function wantedFiles(
  project: DataProject,
  path: string,
  { md5 }: PathHash,
): ReadonlyMap<string, string> {
  if (!md5.endsWith('.dir')) return new Map([[path, md5]])
  const entries = readDirObject(project, md5)
  return new Map(entries.map((entry) => [`${path}/${entry.relpath}`, entry.md5]))
}

function isPlainFile(absolute: string): boolean {
  const stats = lstatSync(absolute, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isDirectory()
}

// A hash, `absent` or `folder`.
type Current = string

async function currentHash(project: DataProject, absolute: string): Promise<Current> {
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined) return 'absent'
  if (stats.isDirectory()) return 'folder'
  const md5 = await hashFile(project, absolute)
  project.state.flush()
  return md5
}

function refuseLoss(project: DataProject, file: string, current: Current): void {
  if (current === 'absent') return
  const what = current === 'folder' ? 'is a folder now' : 'has content that is not in the cache'
  if (current !== 'folder' && isCached(project, current)) return
  throw datasetErrors.DATASET_WOULD_BE_LOST({ detail: `${file} ${what}`, path: file })
}

async function unlisted(
  project: DataProject,
  path: string,
  wanted: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const stats = lstatSync(join(project.root, path), { throwIfNoEntry: false })
  if (stats?.isDirectory() !== true) return []
  const files = listFiles(project, path).map(({ relpath }) => `${path}/${relpath}`)
  return files.filter((file) => !wanted.has(file))
}

function applyCheckout(project: DataProject, plan: Plan): CheckedOut {
  const { linkTypes, root } = project
  const top = join(root, plan.path)
  if (plan.place.some(({ path }) => path !== plan.path) && isPlainFile(top)) rmSync(top)
  for (const { path, oid } of plan.place) {
    // Again, at the last moment: a folder on the way may have become a link.
    const target = pathInside(root, path).absolute
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory() === true)
      rmSync(target, { recursive: true })
    placeObject({ object: cachePath(project, oid), target, linkTypes, isexec: plan.isexec })
  }
  for (const file of plan.remove) rmSync(pathInside(root, file).absolute, { force: true })
  return { path: plan.path, placed: plan.place.map(({ path }) => path), deleted: plan.remove }
}
