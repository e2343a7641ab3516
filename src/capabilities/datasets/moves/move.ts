import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { pathInside } from '../containment.ts'
import { type DvcFile, dvcFileFor, writeDvcFile } from '../dvc-file.ts'
import { datasetErrors } from '../errors.ts'
import { gitignorePath } from '../git.ts'
import { unignorePath } from '../gitignore.ts'
import { hashPath } from '../hash-path.ts'
import { forgetPlaced, notePlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { inFileOrder, stageMd5, withHash } from '../stage-document.ts'
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
 * Renames tracked data together with its `.dvc` file. A folder as the goal means "into it".
 * @throws DATASET_NOT_FOUND, DATASET_OVERLAPS when the goal exists, DATASET_OUTSIDE
 */
export async function moveDataset(
  project: DataProject,
  from: string,
  goal: string,
): Promise<MovedDataset> {
  const source = pathInside(project.root, from)
  const tracked = findTracking(project, source.relative)
  const to = goalOf(project, tracked.path, goal)
  // A file named for its data follows it; one with a name of its own stays.
  const follows = posix.basename(tracked.file) === `${posix.basename(tracked.path)}.dvc`
  const file = follows ? dvcFileFor(to) : tracked.file
  refuseTaken(project, [to, ...(follows ? [file] : [])])
  const there = existsSync(join(project.root, tracked.path))
  if (there) {
    mkdirSync(dirname(join(project.root, to)), { recursive: true })
    renameSync(join(project.root, tracked.path), join(project.root, to))
  }
  const unignored = unignorePath(project, tracked.path)
  const hash = there ? await hashPath(project, to, { store: true }) : tracked.hash
  const wdir = follows ? parentOf(to) : tracked.wdir
  const document = movedDocument(tracked, { to, wdir, hash, follows })
  const text = follows ? emitYaml(document) : editYaml(tracked.text, document, tracked.file)
  writeDvcFile(project, file, text)
  const ignored = await gitignorePath(project, to)
  if (follows) rmSync(join(project.root, tracked.file))
  forgetPlaced(project, [tracked.path])
  if (there) notePlaced(project, [to])
  const written = [file, tracked.file, unignored, ignored].filter((name) => name !== null)
  return { from: tracked.path, to, file, written: [...new Set(written)] }
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

function refuseTaken(project: DataProject, paths: readonly string[]): void {
  const taken = paths.find((path) => existsSync(join(project.root, path)))
  if (taken === undefined) return
  throw datasetErrors.DATASET_OVERLAPS({
    detail: `${taken} exists already`,
    path: taken,
    next: 'Choose another name, or move what is there away first.',
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
