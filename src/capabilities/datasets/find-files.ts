import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathInside } from './containment.ts'
import { dvcFileFor } from './dvc-file.ts'
import { datasetErrors } from './errors.ts'
import { readIgnoreRules } from './ignore.ts'
import type { DataProject } from './project.ts'
import { compareCodePoints } from './python-json.ts'
import { isWithin } from './tracked/paths.ts'

const SKIPPED: ReadonlySet<string> = new Set(['.git', '.dvc', '.ratchet', 'node_modules'])

export interface ProjectFiles {
  readonly dvcFiles: readonly string[]
  /** `dvc.yaml` files; their `dvc.lock` lies beside them. */
  readonly pipelines: readonly string[]
}

/** All `.dvc` files of the project, from its root, sorted. Tracked folders are not entered. */
export function findDvcFiles(project: DataProject): readonly string[] {
  return findProjectFiles(project).dvcFiles
}

/** All files that describe data and pipelines, from the root, sorted. Tracked folders are not entered. */
export function findProjectFiles(project: DataProject): ProjectFiles {
  const isIgnored = readIgnoreRules(project.root, '')
  const dvcFiles: string[] = []
  const pipelines: string[] = []
  const visit = (folder: string): void => {
    const entries = readdirSync(join(project.root, folder), { withFileTypes: true })
    const names = new Set(entries.map((entry) => entry.name))
    for (const entry of entries) {
      const child = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (SKIPPED.has(entry.name) || isIgnored(child, entry.isDirectory())) continue
      if (entry.isFile() && entry.name.endsWith('.dvc')) dvcFiles.push(child)
      else if (entry.isFile() && entry.name === 'dvc.yaml') pipelines.push(child)
      else if (
        entry.isDirectory() &&
        !names.has(dvcFileFor(entry.name)) &&
        !isOtherProject(project, child)
      )
        visit(child)
    }
  }
  visit('')
  return {
    dvcFiles: dvcFiles.toSorted(compareCodePoints),
    pipelines: pipelines.toSorted(compareCodePoints),
  }
}

// A DVC project within this one looks after itself.
function isOtherProject({ root }: DataProject, folder: string): boolean {
  return existsSync(join(root, folder, '.dvc'))
}

/** The `.dvc` files meant by names of data or of `.dvc` files; all of them when none is named. */
export function selectDvcFiles(
  project: DataProject,
  targets: readonly string[],
): readonly string[] {
  if (targets.length === 0) return findDvcFiles(project)
  return targets.map((target) => {
    const { relative } = pathInside(project.root, target)
    const file = relative.endsWith('.dvc') ? relative : dvcFileFor(relative)
    if (existsSync(join(project.root, file))) return file
    throw datasetErrors.DATASET_NOT_FOUND({
      detail: `${file} does not exist, so ${relative} is not tracked`,
      path: relative,
      next: `Run \`ratchet add ${relative}\` to track it.`,
    })
  })
}

/** The `.dvc` files in and below a folder of the workspace; null when the name is none. */
export function dvcFilesBelow(project: DataProject, target: string): readonly string[] | null {
  const { relative, absolute } = pathInside(project.root, target)
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) return null
  return findDvcFiles(project).filter((file) => isWithin(file, relative))
}

/** The tracked folder that a path lies in, or null. */
export function trackedParent(project: DataProject, relative: string): string | null {
  const parts = relative.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = parts.slice(0, depth).join('/')
    const file = join(project.root, dvcFileFor(parent))
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return parent
  }
  return null
}
