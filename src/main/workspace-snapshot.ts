import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import {
  findDvcFiles,
  findTrackedFiles,
  openDataProject,
  readDvcFile,
  readGitWorkspace,
} from '../capabilities/datasets/index.ts'
import { readStageOuts } from '../capabilities/pipelines/index.ts'
import type { StartedRun, Workspace } from '../capabilities/tracking/index.ts'
import { findNotebook } from './notebook-kernels.ts'

const MOST_DIFF = 1 << 20

/** The project as it is now: Git's word on its files, and the hashes that `dvc.lock` and `.dvc` files give its data. */
export async function readWorkspace(root: string): Promise<Workspace | null> {
  const git = await readGitWorkspace(root, MOST_DIFF)
  return git === null ? null : { ...git, data: readData(root) }
}

// A pipeline file that somebody is editing has nothing to say just now.
function readData(root: string): Workspace['data'] {
  try {
    return [...readDvcFiles(root), ...stageData(root)].toSorted((a, b) =>
      a.path < b.path ? -1 : 1,
    )
  } catch {
    return []
  }
}

function readDvcFiles(root: string): Workspace['data'] {
  if (!existsSync(join(root, '.dvc'))) return []
  const project = openDataProject(root)
  try {
    return findDvcFiles(project).flatMap((file) => {
      const { path, hash } = readDvcFile(project, file)
      return hash === null ? [] : [{ path, md5: hash.md5 }]
    })
  } finally {
    project.close()
  }
}

function stageData(root: string): Workspace['data'] {
  return readStageOuts(root).flatMap(({ path, hash }) =>
    hash === null ? [] : [{ path, md5: hash.md5 }],
  )
}

/** What a run says that it started from, from the project's root. A notebook that names no commit is that of a kernel. */
export async function findStarted(root: string, run: StartedRun): Promise<string | null> {
  const { source, commit, isNotebook } = run
  if (!isNotebook || commit !== null || isAbsolute(source)) return findScript(root, source)
  const file = await findNotebook(source)
  return file === null ? null : inside(root, file)
}

/**
 * A script that a client names, from the project's root. A full path counts when it leads into the project, also by
 * links; any other counts when exactly one tracked file is called so.
 */
async function findScript(root: string, source: string): Promise<string | null> {
  if (source === '' || source.includes('\0')) return null
  if (isAbsolute(source)) return inside(root, source)
  const tail = source.replace(/^(\.\/)+/, '')
  if (tail.split('/').includes('..')) return null
  const found = (await findTrackedFiles(root, basename(tail))).filter(
    (path) => path === tail || path.endsWith(`/${tail}`),
  )
  return found.length === 1 ? (found[0] ?? null) : null
}

function inside(root: string, path: string): string | null {
  try {
    const real = realpathSync(path)
    const name = relative(realpathSync(root), real)
    const isInside = name !== '' && name !== '..' && !name.startsWith(`..${sep}`)
    return isInside && !isAbsolute(name) && statSync(real).isFile() ? name : null
  } catch {
    return null
  }
}
