import { lstatSync, mkdirSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import { cachePath } from './cache.ts'
import { type CheckoutPlan, isPlainFile, plannedPath } from './checkout-plan.ts'
import type { CheckoutOptions } from './checkout.ts'
import { pathInside } from './containment.ts'
import type { CopiesAhead } from './copies-ahead.ts'
import { reach } from './fault-points.ts'
import { fsPath } from './file-names.ts'
import { fillFresh, type FreshFolder, freshFolder } from './fresh-folder.ts'
import { listingOid, md5At } from './listing.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import type { DataProject } from './project.ts'
import { scanFolder } from './scan.ts'
import { indexFile, type IndexColumns, writeTreeIndex } from './tree-index.ts'
import { nextTick, SIGNATURE_WORDS } from './workers/signature.ts'

export interface CheckedOut {
  readonly path: string
  /** Files that were made. */
  readonly placed: readonly string[]
  /** Of these, those that were there with something else. */
  readonly replaced: readonly string[]
  /** Of these, those that were there as they should be, and only linked in another way. */
  readonly relinked: readonly string[]
  readonly deleted: readonly string[]
  /** The path was not there before. */
  readonly isNew: boolean
  readonly isFolder: boolean
}

const FILES_A_BATCH = 256

/** Carries out a plan: makes files, then removes, then remembers what it made. */
export async function applyPlan(
  project: DataProject,
  plan: CheckoutPlan,
  options: CheckoutOptions,
): Promise<CheckedOut> {
  const { path, place, remove, wanted, isFolder } = plan
  const top = pathInside(project.root, path).absolute
  const isNew = lstatSync(fsPath(top), { throwIfNoEntry: false }) === undefined
  if (isFolder && place.length > 0 && isPlainFile(top) && !leadsToFolder(top)) rmSync(fsPath(top))
  if (isFolder && wanted.relpaths.length === 0) mkdirSync(fsPath(top), { recursive: true })
  const signatures = await placeAll(project, plan, options)
  reach('checkout: placed')
  for (const file of remove) removeFile(project, file, path)
  if (place.length > 0 || (remove.length > 0 && isFolder)) {
    await remember(project, plan, signatures)
    await nextTick()
  }
  const named = (places: readonly number[]) => places.map((index) => plannedPath(plan, index))
  return {
    path,
    placed: named(place),
    replaced: named(plan.replaced),
    relinked: named(plan.relinked),
    deleted: remove,
    isNew,
    isFolder,
  }
}

function leadsToFolder(absolute: string): boolean {
  return statSync(fsPath(absolute), { throwIfNoEntry: false })?.isDirectory() === true
}

/** Signatures of the files made, in the order of `plan.place`. */
async function placeAll(
  project: DataProject,
  plan: CheckoutPlan,
  options: CheckoutOptions,
): Promise<Float64Array> {
  if (plan.place.length === 0) return new Float64Array(0)
  const temporaries = temporaryFolder(join(project.root, '.dvc/tmp'))
  mkdirSync(temporaries, { recursive: true })
  try {
    return await fillFresh(freshFolder(project, plan, temporaries), (fresh) =>
      placeInto(project, plan, { ...options, temporaries, fresh }),
    )
  } finally {
    rmSync(temporaries, { recursive: true, force: true })
  }
}

interface Places {
  /** Folder of unfinished files. */
  readonly temporaries: string
  readonly fresh: FreshFolder | null
  readonly ahead?: CopiesAhead | undefined
}

async function placeInto(
  project: DataProject,
  plan: CheckoutPlan,
  { signal, onProgress, ...places }: CheckoutOptions & Places,
): Promise<Float64Array> {
  const { place } = plan
  const signatures = new Float64Array(SIGNATURE_WORDS * place.length)
  // Threads also for a single large file, so that this one goes on listening for Ctrl-C.
  const size = place.length === 1 ? sizeOf(project, plan) : 0
  const pool = project.poolFor(size > LARGE ? Number.POSITIVE_INFINITY : place.length, size)
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    while (next < place.length) {
      signal?.throwIfAborted()
      const from = next
      const batch = place.slice(from, (next += FILES_A_BATCH))
      const made = await pool.run(placeTask(project, plan, { ...places, batch, from }))
      signatures.set(made.signatures, SIGNATURE_WORDS * from)
      done += batch.length
      onProgress?.(done, place.length, 0)
    }
  }
  const results = await Promise.allSettled(
    Array.from({ length: 2 * pool.size }, () =>
      work().catch((error: unknown) => {
        next = place.length
        throw error
      }),
    ),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw storageError(failed.reason)
  return signatures
}

const LARGE = 64 << 20

function sizeOf(project: DataProject, { wanted, legacy }: CheckoutPlan): number {
  return (
    statSync(cachePath(project, md5At(wanted, 0), legacy), { throwIfNoEntry: false })?.size ?? 0
  )
}

function placeTask(
  project: DataProject,
  plan: CheckoutPlan,
  {
    batch,
    from,
    fresh,
    temporaries,
    ahead,
  }: Places & { readonly batch: readonly number[]; readonly from: number },
) {
  const targetOf = (index: number): string =>
    fresh === null
      ? `${project.root}/${plannedPath(plan, index)}`
      : `${fresh.folder}/${plan.wanted.relpaths[index] ?? ''}`
  return {
    kind: 'place' as const,
    root: fresh?.folder ?? project.root,
    objects: batch.map((index) => cachePath(project, md5At(plan.wanted, index), plan.legacy)),
    targets: batch.map(targetOf),
    linkTypes: project.linkTypes,
    isexec: plan.isexec,
    temporary: `${temporaries}/${from}-`,
    unseen: fresh !== null,
    ahead: plan.legacy ? null : (ahead?.folder ?? null),
  }
}

function removeFile(project: DataProject, file: string, top: string): void {
  const { absolute } = pathInside(project.root, file)
  reach('checkout: before a removal')
  try {
    unlinkSync(fsPath(absolute))
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw storageError(error)
  }
  // Folders that became empty go too; the first that is not ends it.
  for (let folder = dirname(file); folder.startsWith(`${top}/`); folder = dirname(folder)) {
    try {
      rmdirSync(fsPath(`${project.root}/${folder}`))
    } catch {
      return
    }
  }
}

// What was made has the hash it was made from; the next look need not read it.
async function remember(
  project: DataProject,
  plan: CheckoutPlan,
  signatures: Float64Array,
): Promise<void> {
  const { path, wanted, place, legacy, isFolder } = plan
  if (!isFolder) {
    if (!legacy) project.state.record(`${project.root}/${path}`, signatures, md5At(wanted, 0))
    return
  }
  const all = place.length === wanted.relpaths.length
  if (all) writeColumns(project, plan, { ...wanted, signatures })
  else if (plan.absent.length === 0) await rememberSome(project, plan, signatures)
}

async function rememberSome(
  project: DataProject,
  plan: CheckoutPlan,
  signatures: Float64Array,
): Promise<void> {
  const { path, legacy, wanted, place } = plan
  const scan = await scanFolder(project, path, legacy ? 'legacy' : 'md5')
  const order = new Map(place.map((index, at) => [wanted.relpaths[index] ?? '', at]))
  for (const index of scan.missing) {
    const at = order.get(scan.relpaths[index] ?? '')
    const start = SIGNATURE_WORDS * index
    const now = scan.signatures.subarray(start, start + SIGNATURE_WORDS)
    const made = at === undefined ? null : signatures.subarray(SIGNATURE_WORDS * at)
    if (at !== undefined && made !== null && now.every((word, other) => word === made[other]))
      scan.md5.write(md5At(wanted, place[at] ?? 0), 16 * index, 'hex')
    else now.fill(0)
  }
  writeColumns(project, plan, scan)
}

function writeColumns(project: DataProject, plan: CheckoutPlan, columns: IndexColumns): void {
  const { path, legacy, wanted } = plan
  const file = indexFile(project.stateDir, path, legacy ? 'legacy' : 'md5')
  writeTreeIndex(file, columns, listingOid(wanted))
}
