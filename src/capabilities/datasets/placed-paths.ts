import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeStateFolder } from './state-folder.ts'
import { fsPath } from './file-names.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'
import type { TrackedOut } from './tracked/outs.ts'
import { writeAtomically } from './write-atomically.ts'

/**
 * Paths in the workspace whose content came from the cache or was brought into it: once nothing names them any more,
 * a checkout takes them away. Only names; what may go is decided by what is there then.
 */
export function readPlaced(project: Pick<DataProject, 'stateDir'>): ReadonlySet<string> {
  try {
    const lines = readFileSync(fileOf(project), 'utf8').split('\n')
    return new Set(lines.flatMap((line) => (line === '' ? [] : [String(JSON.parse(line))])))
  } catch {
    // Nothing was noted, or not legibly: then nothing is taken away.
    return new Set()
  }
}

function writePlaced(project: Pick<DataProject, 'stateDir'>, paths: Iterable<string>): void {
  makeStateFolder(project.stateDir)
  const lines = [...new Set(paths)].toSorted(compareCodePoints).map((path) => JSON.stringify(path))
  writeAtomically(fileOf(project), lines.map((line) => `${line}\n`).join(''))
}

/** Adds paths, from the root. */
export function notePlaced(project: Pick<DataProject, 'stateDir'>, paths: readonly string[]): void {
  const known = readPlaced(project)
  if (paths.some((path) => !known.has(path))) writePlaced(project, [...known, ...paths])
}

/** Somebody decided that these stay, whatever names them. */
export function forgetPlaced(
  project: Pick<DataProject, 'stateDir'>,
  paths: readonly string[],
): void {
  const known = readPlaced(project)
  if (!paths.some((path) => known.has(path))) return
  const gone = new Set(paths)
  writePlaced(
    project,
    [...known].filter((path) => !gone.has(path)),
  )
}

/** After a checkout of everything: these paths are there and named, the others are nobody's concern any more. */
export function notePlacedOuts(
  project: DataProject,
  named: readonly TrackedOut[],
  { all }: { readonly all: boolean },
): void {
  const there = named
    .filter(({ path, hash }) => hash !== null && exists(project, path))
    .map(({ path }) => path)
  if (!all) return notePlaced(project, there)
  // What is unnamed and could not go is looked at again next time.
  const kept = [...readPlaced(project)].filter((path) => exists(project, path))
  const next = new Set([...there, ...kept])
  const before = readPlaced(project)
  if (next.size !== before.size || [...next].some((path) => !before.has(path)))
    writePlaced(project, next)
}

function exists({ root }: DataProject, path: string): boolean {
  return lstatSync(fsPath(join(root, path)), { throwIfNoEntry: false }) !== undefined
}

function fileOf({ stateDir }: Pick<DataProject, 'stateDir'>): string {
  return join(stateDir, 'placed')
}
