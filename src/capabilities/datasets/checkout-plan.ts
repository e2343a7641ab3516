import { lstatSync } from 'node:fs'
import { cachedLookup, cachePath, isCached } from './cache.ts'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { type Listing, md5At } from './listing.ts'
import { nameFolding, refuseCollisions, refuseTooLong, withoutSpellings } from './name-limits.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'

/** What a checkout of one path would do. Nothing is changed before all of it is known. */
export interface CheckoutPlan {
  readonly path: string
  readonly legacy: boolean
  readonly isexec: boolean
  readonly isFolder: boolean
  /** What the path should hold; of a single file its hash, under an empty name. */
  readonly wanted: Listing
  /** Places in `wanted` of the files to make. */
  readonly place: readonly number[]
  /** Of these, those that are there with something else. */
  readonly replaced: readonly number[]
  /** Of these, those that are there as they should be, and only linked in another way. */
  readonly relinked: readonly number[]
  /** From the root. */
  readonly remove: readonly string[]
  /** Places in `wanted` of what the cache does not have. */
  readonly absent: readonly number[]
}

/** From the root. */
export function plannedPath({ path, isFolder, wanted }: CheckoutPlan, index: number): string {
  return isFolder ? `${path}/${wanted.relpaths[index] ?? ''}` : path
}

export interface Compared {
  readonly path: string
  readonly legacy: boolean
  readonly force: boolean
  /** Makes every file again, to change the kind of link. */
  readonly relink: boolean
}

/** Compares a listing with what is in the workspace. @throws DATASET_WOULD_BE_LOST, DATASET_NAMES_COLLIDE, DATASET_NAME_TOO_LONG */
export function planFolder(
  project: DataProject,
  compared: Compared,
  { wanted, found }: { readonly wanted: Listing; readonly found: Listing },
): CheckoutPlan {
  const { path, legacy, force, relink } = compared
  refuseCollisions(project.root, wanted.relpaths, path)
  const has = cachedLookup(project, wanted.relpaths.length + found.relpaths.length, legacy)
  const place: number[] = []
  const replaced: number[] = []
  const relinked: number[] = []
  const going: string[] = []
  const absent: number[] = []
  for (const { name, want, have } of joined(wanted, found)) {
    const current = have === null ? null : md5At(found, have)
    const file = `${path}/${name}`
    const oid = want === null ? null : md5At(wanted, want)
    if (oid === current && !relink) continue
    if (current !== null && !force && !has(current)) throw wouldBeLost(file)
    if (oid === null || want === null) going.push(name)
    else {
      refuseTooLong(`${project.root}/${file}`)
      ;(has(oid) ? place : absent).push(want)
      if (has(oid) && current !== null) (oid === current ? relinked : replaced).push(want)
    }
  }
  // Of two spellings of one file the old one went when the new one was made.
  const gone = withoutSpellings(going, wanted.relpaths, nameFolding(project.root))
  const remove = gone.map((name) => `${path}/${name}`)
  const changes = { place, replaced, relinked, remove, absent }
  return { path, legacy, isexec: false, isFolder: true, wanted, ...changes }
}

interface Joined {
  readonly name: string
  readonly want: number | null
  readonly have: number | null
}

// Both are in the order of code points, so one pass pairs them.
function* joined(wanted: Listing, found: Listing): Generator<Joined> {
  let want = 0
  let have = 0
  while (want < wanted.relpaths.length || have < found.relpaths.length) {
    const left = wanted.relpaths[want]
    const right = found.relpaths[have]
    const order =
      left === undefined
        ? 1
        : right === undefined
          ? -1
          : left === right
            ? 0
            : compareCodePoints(left, right)
    yield {
      name: (order <= 0 ? left : right) ?? '',
      want: order <= 0 ? want : null,
      have: order >= 0 ? have : null,
    }
    if (order <= 0) want++
    if (order >= 0) have++
  }
}

export function wouldBeLost(file: string, what = 'has content that is not in the cache') {
  return datasetErrors.DATASET_WOULD_BE_LOST({ detail: `${file} ${what}`, path: file })
}

interface CurrentContent {
  /** A hash, `absent` or `folder`. */
  readonly content: string
  readonly isexec: boolean
}

/** Compares the hash of a single file, and whether it lacks that it can be run. @throws DATASET_WOULD_BE_LOST */
export function planFile(
  project: DataProject,
  compared: Compared & { readonly oid: string; readonly isexec: boolean },
  { content: current, isexec: runs }: CurrentContent,
): CheckoutPlan {
  const { path, legacy, oid, isexec, force, relink } = compared
  const wanted = { relpaths: [''], md5: Buffer.from(oid, 'hex') }
  const nothing = {
    path,
    legacy,
    isexec,
    isFolder: false,
    wanted,
    remove: [],
    place: [],
    replaced: [],
    relinked: [],
    absent: [],
  }
  const same = current === oid && (runs || !isexec)
  if (same && !relink) return nothing
  if (!force && current === 'folder') throw wouldBeLost(path, 'is a folder now')
  if (!force && current !== 'absent' && !isCached(project, current, undefined, legacy))
    throw wouldBeLost(path)
  if (!isCached(project, oid, undefined, legacy)) return { ...nothing, absent: [0] }
  const replaced = current === 'absent' || same ? [] : [0]
  return { ...nothing, place: [0], replaced, relinked: same ? [0] : [] }
}

/** A missing object, said so that its file is named. */
export function notInCache(project: DataProject, plan: CheckoutPlan, index: number) {
  const oid = md5At(plan.wanted, index)
  return datasetErrors.DATASET_NOT_IN_CACHE({
    detail: `${plannedPath(plan, index)} (${oid})`,
    path: cachePath(project, oid, plan.legacy),
  })
}

export function isPlainFile(absolute: string): boolean {
  const stats = lstatSync(fsPath(absolute), { throwIfNoEntry: false })
  return stats !== undefined && !stats.isDirectory()
}
