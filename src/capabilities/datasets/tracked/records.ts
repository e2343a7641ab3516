import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { findDvcFiles } from '../find-files.ts'
import type { DataProject } from '../project.ts'
import { type CommittedFile, listCommitted, readObjects } from './git-objects.ts'

/** The small files that say what data there is, as the workspace or a commit has them. */
export interface Records {
  /** Null for the workspace. */
  readonly commit: string | null
  /** Paths of `.dvc` files from the project's root. */
  readonly dvcFiles: readonly string[]
  readonly read: (file: string) => string
  /** A folder that holds dvc.yaml, dvc.lock and what their templates need; null where there is no pipeline. */
  readonly pipelines: () => Promise<string | null>
  /** Removes what `pipelines` made. */
  readonly close: () => void
}

export function workspaceRecords(project: DataProject): Records {
  return {
    commit: null,
    dvcFiles: findDvcFiles(project),
    read: (file) => readFileSync(join(project.root, file), 'utf8'),
    pipelines: async () => project.root,
    close: () => {},
  }
}

const PIPELINE_NAMES: ReadonlySet<string> = new Set(['dvc.yaml', 'dvc.lock', 'params.yaml'])

/** Reads all `.dvc` files of a commit at once, so that a look into history costs two processes of Git. */
export async function committedRecords(root: string, commit: string): Promise<Records> {
  const all = await listCommitted(root, commit)
  const tracked = all.filter(({ path }) => path.endsWith('.dvc') && !path.startsWith('.dvc/'))
  const bytes = await readObjects(
    root,
    tracked.map(({ object }) => object),
  )
  const texts = new Map(tracked.map(({ path }, index) => [path, String(bytes[index])]))
  let folder: string | null = null
  return {
    commit,
    dvcFiles: [...texts.keys()],
    read: (file) => texts.get(file) ?? '',
    pipelines: async () => (folder ??= await writePipelines(root, all)),
    close: () => {
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
      folder = null
    },
  }
}

async function writePipelines(root: string, all: readonly CommittedFile[]): Promise<string | null> {
  const named = all.filter(({ path }) => PIPELINE_NAMES.has(basename(path)))
  if (!named.some(({ path }) => basename(path) === 'dvc.yaml')) return null
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-revision-'))
  const texts = await writeFiles(root, folder, named)
  // A file that `vars` names is read too; no other is needed to know what stages write.
  const declared = [...texts].filter(([path]) => basename(path) === 'dvc.yaml')
  const more = all.filter(
    ({ path }) =>
      /\.(ya?ml|json|toml|py)$/.test(path) &&
      !texts.has(path) &&
      declared.some(([, text]) => text.includes(basename(path))),
  )
  await writeFiles(root, folder, more)
  return folder
}

async function writeFiles(
  root: string,
  folder: string,
  files: readonly CommittedFile[],
): Promise<ReadonlyMap<string, string>> {
  const bytes = await readObjects(
    root,
    files.map(({ object }) => object),
  )
  const written = new Map<string, string>()
  for (const [index, { path }] of files.entries()) {
    const target = join(folder, path)
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, bytes[index] ?? '')
    written.set(path, String(bytes[index]))
  }
  return written
}
