import { existsSync, lstatSync, statSync } from 'node:fs'
import { hashFile, isCached } from './cache.ts'
import { applyPlan, type CheckedOut } from './checkout-apply.ts'
import {
  type CheckoutPlan,
  isPlainFile,
  notInCache,
  planFile,
  planFolder,
  wouldBeLost,
} from './checkout-plan.ts'
import { pathInside } from './containment.ts'
import type { CopiesAhead } from './copies-ahead.ts'
import { cachedListing } from './dir-object.ts'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { lookIntoFolder, type PathHash } from './hash-path.ts'
import type { Listing } from './listing.ts'
import { refuseCollisions } from './name-limits.ts'
import { partOfListing, type SelectedOut, selectOuts, type TargetOptions } from './targets.ts'
import type { DataProject } from './project.ts'

const NOTHING: Listing = { relpaths: [], md5: Buffer.alloc(0) }

export interface CheckoutOptions extends TargetOptions {
  /** Overwrites and deletes files whose content is not in the cache. */
  readonly force?: boolean | undefined
  /** Makes every file again, with the kind of link that is configured now. */
  readonly relink?: boolean | undefined
  /** Leaves out what the cache does not have. */
  readonly allowMissing?: boolean | undefined
  /** Outs to check out instead of those that the targets mean. */
  readonly outs?: readonly SelectedOut[] | undefined
  /** Asked to bring what the cache does not have; says whether it tried. */
  readonly fetchMissing?: ((missing: readonly SelectedOut[]) => Promise<boolean>) | undefined
  /** What a fetch copied for it. */
  readonly ahead?: CopiesAhead | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number, bytes: number) => void) | undefined
}

/**
 * Makes the workspace equal to the `.dvc` files and `dvc.lock`, from the cache. Everything is planned and checked
 * before the first change; each file is made under a temporary name; what goes, goes last.
 * @throws DATASET_NOT_IN_CACHE, DATASET_WOULD_BE_LOST, DATASET_OUTSIDE
 */
export async function checkoutDatasets(
  project: DataProject,
  targets: readonly string[] = [],
  options: CheckoutOptions = {},
): Promise<readonly CheckedOut[]> {
  const outs = (options.outs ?? (await selectOuts(project, targets, options))).filter(
    ({ hash }) => hash !== null,
  )
  const names = outs.map(({ path }) => path)
  refuseCollisions(project.root, names, 'the project')
  const plans: [SelectedOut, CheckoutPlan][] = []
  for (const out of outs) {
    const { path, hash, part } = out
    if (hash !== null)
      plans.push([out, await planWithFetch(project, { path, hash, part, ...options }, out)])
  }
  const done: CheckedOut[] = []
  for (const [{ path, hash }, plan] of plans) {
    // Also what is done to a part is told of the whole that is tracked.
    const isFolder = hash?.md5.endsWith('.dir') === true
    const isNew = !existsSync(fsPath(pathInside(project.root, path).absolute))
    done.push({ ...(await applyPlan(project, plan, options)), path, isFolder, isNew })
  }
  return done
}

export interface CheckoutRequest extends CheckoutOptions {
  readonly path: string
  readonly hash: PathHash
  /** Only what lies at or below this name in the folder. */
  readonly part?: string | null | undefined
}

/** Brings one path to a content of the cache, such as the output of a pipeline's stage. */
export async function checkoutPath(
  project: DataProject,
  request: CheckoutRequest,
): Promise<CheckedOut> {
  return applyPlan(project, await planWithFetch(project, request, null), request)
}

// What is missing is asked for once, then the plan is made anew.
async function planWithFetch(
  project: DataProject,
  request: CheckoutRequest,
  out: SelectedOut | null,
): Promise<CheckoutPlan> {
  const plan = await planOrMissing(project, request)
  const complete = plan !== null && plan.absent.length === 0
  if (complete) return plan
  if (out !== null && (await request.fetchMissing?.([out])) === true)
    return required(project, request, await planOrMissing(project, request))
  return required(project, request, plan)
}

function required(
  project: DataProject,
  { path, hash, allowMissing = false }: CheckoutRequest,
  plan: CheckoutPlan | null,
): CheckoutPlan {
  const nothing = {
    isexec: false,
    isFolder: false,
    wanted: NOTHING,
    place: [],
    replaced: [],
    relinked: [],
    remove: [],
    absent: [],
  }
  if (plan === null && allowMissing) return { path, legacy: false, ...nothing }
  if (plan === null)
    throw datasetErrors.DATASET_NOT_IN_CACHE({ detail: `the listing ${hash.md5} of ${path}`, path })
  const [missing] = plan.absent
  if (missing !== undefined && !allowMissing) throw notInCache(project, plan, missing)
  return plan
}

// Null when not even the listing is there.
async function planOrMissing(
  project: DataProject,
  request: CheckoutRequest,
): Promise<CheckoutPlan | null> {
  const { hash, part = null } = request
  pathInside(project.root, request.path)
  const legacy = hash.legacy === true
  if (!hash.md5.endsWith('.dir')) return planOneFile(project, request, request.path)
  if (!isCached(project, hash.md5, undefined, legacy)) return null
  const wanted = cachedListing(project, hash.md5, legacy)
  if (part === null) return planWholeFolder(project, request, wanted)
  const within = partOfListing(wanted, part)
  const path = `${request.path}/${part}`
  if (within === null)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `${path} is not in ${request.path}`, path })
  if (within.oid !== null)
    return planOneFile(project, { ...request, hash: { ...hash, md5: within.oid } }, path)
  return planWholeFolder(project, { ...request, path }, within.listing)
}

async function planOneFile(project: DataProject, request: CheckoutRequest, path: string) {
  const { hash, force = false, relink = false } = request
  const legacy = hash.legacy === true
  const absolute = pathInside(project.root, path).absolute
  const stats = statSync(fsPath(absolute), { throwIfNoEntry: false })
  const content =
    stats === undefined
      ? 'absent'
      : stats.isDirectory()
        ? 'folder'
        : await hashFile(project, absolute, { legacy })
  const current = { content, isexec: stats !== undefined && (stats.mode & 0o100) !== 0 }
  const compared = { path, legacy, force, relink, oid: hash.md5, isexec: hash.isexec === true }
  return planFile(project, compared, current)
}

async function planWholeFolder(
  project: DataProject,
  request: CheckoutRequest,
  wanted: Listing,
): Promise<CheckoutPlan> {
  const { path, hash, force = false, relink = false, signal } = request
  const legacy = hash.legacy === true
  const { absolute } = pathInside(project.root, path)
  const compared = { path, legacy, force, relink }
  if (isPlainFile(absolute) && !followsToFolder(absolute)) {
    const current = existsSync(fsPath(absolute))
      ? await hashFile(project, absolute, { legacy })
      : null
    if (!force && (current === null || !isCached(project, current, undefined, legacy)))
      throw wouldBeLost(path)
    return planFolder(project, compared, { wanted, found: NOTHING })
  }
  if (lstatSync(fsPath(absolute), { throwIfNoEntry: false }) === undefined)
    return planFolder(project, compared, { wanted, found: NOTHING })
  const looking = { store: false, legacy, signal, brokenLinks: 'absent' } as const
  const { listing: found } = await lookIntoFolder(project, path, looking)
  return planFolder(project, compared, { wanted, found })
}

function followsToFolder(absolute: string): boolean {
  return statSync(fsPath(absolute), { throwIfNoEntry: false })?.isDirectory() === true
}
