import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { pathInside } from '../containment.ts'
import { type DvcFile, dvcFileFor, dvcFileText, writeDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { trackedParent } from '../find-files.ts'
import { gitignorePath, refuseGitIgnored } from '../git.ts'
import { unignorePath } from '../gitignore.ts'
import { hashPath } from '../hash-path.ts'
import { forgetPlaced, notePlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { inFileOrder, stageMd5, withHash } from '../stage-document.ts'
import { indexFile } from '../tree-index.ts'
import { editYaml } from '../yaml-edit.ts'
import { emitYaml } from '../yaml-emit.ts'
import { isYamlMap, type YamlMap } from '../yaml-values.ts'
import { findTracking } from './tracked-file.ts'

export interface MovedDataset {
  readonly from: string
  readonly to: string
  readonly file: string
  /** Files to commit with Git, those that are gone too. */
  readonly written: readonly string[]
}

/**
 * Renames tracked data together with its `.dvc` file. A folder as the goal means "into it". One that was killed is
 * finished by the next: what changed in the data is recorded before the data moves, so that it can be told at its goal.
 * @throws DATASET_NOT_FOUND, DATASET_OVERLAPS when the goal exists, DATASET_IGNORED, DATASET_OUTSIDE
 */
export async function moveDataset(
  project: DataProject,
  from: string,
  goal: string,
): Promise<MovedDataset> {
  const source = pathInside(project.root, from)
  const tracked = findTracking(project, source.relative)
  const there = existsSync(join(project.root, tracked.path))
  const moved = there ? null : await movedBefore(project, tracked, goal)
  const to = moved ?? goalOf(project, tracked.path, goal)
  const hash = there ? await contentOf(project, tracked) : tracked.hash
  const next = nextFile(tracked, to, hash)
  if (moved === null) refuseTaken(project, to)
  refuseWithinTracked(project, to)
  if (next.follows) await refuseGitIgnored(project, next.file)
  if (next.follows && readIfThere(join(project.root, next.file)) !== next.text)
    refuseTaken(project, next.file)
  if (hash !== null && hash.md5 !== tracked.hash?.md5)
    writeDvcFile(project, tracked.file, dvcFileText(tracked.path, hash, tracked))
  mkdirSync(dirname(join(project.root, to)), { recursive: true })
  const ignored = await gitignorePath(project, to)
  if (there) moveData(project, tracked.path, to)
  const unignored = unignorePath(project, tracked.path)
  writeDvcFile(project, next.file, next.text)
  if (next.follows) {
    reach('move: before the old file goes')
    rmSync(join(project.root, tracked.file))
  }
  forgetPlaced(project, [tracked.path])
  if (there) notePlaced(project, [to])
  const written = [next.file, tracked.file, unignored, ignored].filter((name) => name !== null)
  return { from: tracked.path, to, file: next.file, written: [...new Set(written)] }
}

function moveData({ root, stateDir }: DataProject, from: string, to: string): void {
  reach('move: before the data moves')
  renameSync(join(root, from), join(root, to))
  reach('move: the data has moved')
  // The files in a folder are as they were: what is known of them goes along.
  const [known, next] = [indexFile(stateDir, from, 'md5'), indexFile(stateDir, to, 'md5')]
  if (existsSync(known)) renameSync(known, next)
}

/** The `.dvc` file that says the new place. One named for its data follows it; one with a name of its own stays. */
function nextFile(tracked: DvcFile, to: string, hash: DvcFile['hash']) {
  const follows = posix.basename(tracked.file) === `${posix.basename(tracked.path)}.dvc`
  const wdir = follows ? parentOf(to) : tracked.wdir
  const document = movedDocument(tracked, { to, wdir, hash, follows })
  const text = follows ? emitYaml(document) : editYaml(tracked.text, document, tracked.file)
  return { follows, file: follows ? dvcFileFor(to) : tracked.file, text }
}

function parentOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

function goalOf(project: DataProject, from: string, goal: string): string {
  const { relative, absolute } = pathInside(project.root, goal)
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder ? `${relative}/${posix.basename(from)}` : relative
}

// What DVC 2 recorded stays so, unless it changed.
async function contentOf(project: DataProject, { path, hash }: DvcFile) {
  if (hash?.legacy === true) {
    const { md5 } = await hashPath(project, path, { store: false, legacy: true })
    if (md5 === hash.md5) return hash
  }
  return hashPath(project, path, { store: true })
}

/** Where a move that was killed has left the data: it is not where it was, and what is tracked is at the goal. */
async function movedBefore(
  project: DataProject,
  { path, hash }: DvcFile,
  goal: string,
): Promise<string | null> {
  if (hash === null) return null
  // A folder that was moved is itself a folder to move into.
  for (const to of [pathInside(project.root, goal).relative, goalOf(project, path, goal)]) {
    if (!existsSync(join(project.root, to))) continue
    const { md5 } = await hashPath(project, to, { store: false, legacy: hash.legacy })
    if (md5 === hash.md5) return to
  }
  return null
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function refuseTaken(project: DataProject, taken: string): void {
  if (!existsSync(join(project.root, taken))) return
  throw datasetErrors.DATASET_OVERLAPS({
    detail: `${taken} exists already`,
    path: taken,
    next: 'Choose another name, or move what is there away first.',
  })
}

// DVC reads no project in which one path is tracked twice.
function refuseWithinTracked(project: DataProject, to: string): void {
  const parent = trackedParent(project, to)
  if (parent === null) return
  throw datasetErrors.DATASET_OVERLAPS({
    detail: `${to} would lie in ${parent}, which is tracked as a whole`,
    path: to,
    next: `Move it elsewhere, or put the file there and run \`ratchet add ${parent}\`.`,
  })
}

interface Goal {
  readonly to: string
  readonly wdir: string
  readonly hash: DvcFile['hash']
  readonly follows: boolean
}

function movedDocument(tracked: DvcFile, { to, wdir, hash, follows }: Goal): YamlMap {
  const [out] = tracked.outs
  const entry = withHash(
    new Map(out?.entry ?? new Map()).set('path', posix.relative(wdir, to)),
    hash,
  )
  const deps = tracked.deps.map((dep) => movedDependency(dep, tracked.wdir, wdir))
  const next = new Map(tracked.document).set('outs', [entry])
  if (follows) next.delete('wdir')
  if (deps.length === 0) return inFileOrder(next)
  next.set('deps', deps)
  return inFileOrder(next.set('md5', stageMd5(next)))
}

// A path of this machine that is written relative is meant from the .dvc file.
function movedDependency(dep: YamlMap, from: string, to: string): YamlMap {
  const path = dep.get('path')
  const foreign = isYamlMap(dep.get('repo')) || typeof path !== 'string'
  if (foreign || posix.isAbsolute(path) || /^\w+:\/\//.test(path)) return dep
  return new Map(dep).set('path', posix.relative(to, posix.join(from, path)))
}
