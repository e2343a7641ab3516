import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { pathInside } from './containment.ts'
import { readDvcFile } from './dvc-file.ts'
import { datasetErrors } from './errors.ts'
import { type Listing, md5At } from './listing.ts'
import type { DataProject } from './project.ts'
import {
  outsOfDvcFile,
  readTrackedOuts,
  type ReadStageOuts,
  type TrackedOut,
} from './tracked/outs.ts'
import { isWithin } from './tracked/paths.ts'
import { workspaceRecords } from './tracked/records.ts'

/** Something tracked, or what lies at or below a name in a tracked folder. */
export interface SelectedOut extends TrackedOut {
  readonly part: string | null
}

export interface TargetOptions {
  /** What the stages of `dvc.yaml` write; without it only `.dvc` files are looked at. */
  readonly readStageOuts?: ReadStageOuts | undefined
  /** Targets that are folders mean all that is tracked below them. */
  readonly recursive?: boolean | undefined
  /** Targets may hold `*`, `?`, `[…]` and `**`. */
  readonly glob?: boolean | undefined
}

/**
 * What the targets mean: names of data, of `.dvc` files, of stages, or of files within a tracked folder; everything
 * when none is named.
 * @throws DATASET_NOT_FOUND, DATASET_FILE_INVALID, DATASET_OUTSIDE
 */
export async function selectOuts(
  project: DataProject,
  targets: readonly string[] = [],
  options: TargetOptions = {},
): Promise<readonly SelectedOut[]> {
  const quick = targets.length === 0 ? null : namedOnly(project, targets)
  if (quick !== null) return quick
  const readStages = options.readStageOuts ?? ((): readonly TrackedOut[] => [])
  const all = await readTrackedOuts(project, workspaceRecords(project), readStages)
  const whole = all.map((out) => ({ ...out, part: null }))
  return targets.length === 0
    ? whole
    : targets.flatMap((target) => meant(project, whole, { target, options }))
}

// Where every target has a `.dvc` file of its own, nothing else need be looked for.
function namedOnly(
  project: DataProject,
  targets: readonly string[],
): readonly SelectedOut[] | null {
  const files = targets.map((target) => {
    if (target.includes(':')) return null
    const { relative } = pathInside(project.root, target)
    const file = relative.endsWith('.dvc') ? relative : `${relative}.dvc`
    return existsSync(`${project.root}/${file}`) ? file : null
  })
  if (files.includes(null)) return null
  return files.flatMap((file) =>
    outsOfDvcFile(readDvcFile(project, file ?? '')).map((out) => ({ ...out, part: null })),
  )
}

/**
 * The stage that a target, as seen from the root, would be: of `train`, `:train`, `sub/train`, `sub/dvc.yaml:train`. It
 * ends with a colon where all stages of a file are meant: `dvc.yaml`, `sub/dvc.yaml:`.
 */
export function stageMeant(target: string): string {
  if (posix.basename(target) === 'dvc.yaml') return `${target}:`
  if (target.startsWith(':')) return `dvc.yaml${target}`
  if (target.includes(':')) return target
  return `${posix.join(posix.dirname(target), 'dvc.yaml')}:${posix.basename(target)}`
}

interface Asked {
  readonly target: string
  readonly options: TargetOptions
}

function meant(
  project: DataProject,
  all: readonly SelectedOut[],
  { target, options }: Asked,
): readonly SelectedOut[] {
  const stage = stageMeant(target)
  // Also by the name of the group that foreach or matrix make it a part of.
  const ofStage = all.filter(
    ({ declaredBy }) =>
      declaredBy === stage || declaredBy.startsWith(stage.endsWith(':') ? stage : `${stage}@`),
  )
  if (ofStage.length > 0) return ofStage
  const { relative } = pathInside(project.root, target)
  const exact = all.filter(({ path, file }) => path === relative || file === relative)
  if (exact.length > 0) return exact
  const folder = all.find(({ path }) => relative.startsWith(`${path}/`))
  if (folder !== undefined) return [{ ...folder, part: relative.slice(folder.path.length + 1) }]
  const found = all.filter(
    ({ path, file }) =>
      (options.recursive === true && (isWithin(path, relative) || isWithin(file, relative))) ||
      (options.glob === true &&
        (posix.matchesGlob(path, relative) || posix.matchesGlob(file, relative))),
  )
  if (found.length > 0) return found
  throw datasetErrors.DATASET_NOT_FOUND({
    detail: `"${target}" is no data, .dvc file or stage of this project`,
    path: relative,
    next: `Run \`ratchet add ${relative}\` to track it.`,
  })
}

/** What of a listing lies at or below a name; null when nothing does. */
export function partOfListing(
  listing: Listing,
  part: string,
): { readonly oid: string | null; readonly listing: Listing } | null {
  const exact = listing.relpaths.indexOf(part)
  if (exact !== -1) return { oid: md5At(listing, exact), listing }
  const within = `${part}/`
  const first = listing.relpaths.findIndex((relpath) => relpath.startsWith(within))
  if (first === -1) return null
  const last = listing.relpaths.findLastIndex((relpath) => relpath.startsWith(within)) + 1
  const relpaths = listing.relpaths
    .slice(first, last)
    .map((relpath) => relpath.slice(within.length))
  return { oid: null, listing: { relpaths, md5: listing.md5.subarray(16 * first, 16 * last) } }
}
