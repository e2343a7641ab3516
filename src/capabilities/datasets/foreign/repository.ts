import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type DvcSettings, readDvcConfig } from '../config.ts'
import type { DataProject } from '../project.ts'
import {
  type CommittedFile,
  listCommitted,
  readObjects,
  requireCommit,
} from '../tracked/git-objects.ts'
import { readTrackedOuts, type ReadStageOuts, type TrackedOut } from '../tracked/outs.ts'
import { isWithin } from '../tracked/paths.ts'
import { committedRecords, workspaceRecords } from '../tracked/records.ts'
import { type Access, withAccess } from './access.ts'
import { cloneRepository } from './clone.ts'

/** Another repository, or this one, at a commit or as its workspace is. */
export interface ForeignRepository {
  readonly url: string
  /** Null for a workspace. */
  readonly commit: string | null
  /** A work tree, or the bare clone. */
  readonly folder: string
  /** Files that Git has at the commit; null for a workspace. */
  readonly files: readonly CommittedFile[] | null
  /** What it keeps with DVC; nothing where it does not use it. */
  readonly outs: readonly TrackedOut[]
  /** The DVC projects in it, those that lie deeper first. */
  readonly projects: readonly ForeignProject[]
  /** How the repositories are opened that it imported from itself. */
  readonly follow: Pick<OpenForeign, 'clones' | 'readStageOuts'>
}

/** A DVC project of a repository: its top, or a folder that has a `.dvc` of its own. */
export interface ForeignProject {
  /** From the top; '' is the top. */
  readonly root: string
  readonly settings: DvcSettings
  /** Its own cache, when it is on this machine. */
  readonly cacheDir: string | null
}

/** The project that a path of a repository belongs to; undefined where it lies in none. */
export function projectOf(
  { projects }: Pick<ForeignRepository, 'projects'>,
  path: string,
): ForeignProject | undefined {
  return projects.find(({ root }) => isWithin(path, root))
}

export interface OpenForeign {
  readonly url: string
  readonly rev?: string | undefined
  /** Where a relative path starts. */
  readonly cwd: string
  /** Where clones are kept. */
  readonly clones: string
  /** The last commit, even of a folder of this machine. */
  readonly committed?: boolean | undefined
  /** What the import says of it. */
  readonly access?: Access | undefined
  readonly readStageOuts: ReadStageOuts
}

/** @throws DATASET_REPOSITORY_AWAY, DATASET_REVISION_UNKNOWN */
export async function openForeign(
  project: DataProject,
  request: OpenForeign,
): Promise<ForeignRepository> {
  const { url, rev, cwd, clones, readStageOuts } = request
  const here = resolve(cwd, url)
  const isLocal = statSync(here, { throwIfNoEntry: false })?.isDirectory() === true
  if (isLocal && rev === undefined && request.committed !== true)
    return openWorkspace(project, { url, folder: here, follow: { clones, readStageOuts } })
  const folder = isLocal ? here : await cloneRepository(url, clones, rev)
  const commit = await requireCommit(folder, rev ?? 'HEAD')
  const files = await listCommitted(folder, commit)
  const projects: ForeignProject[] = []
  for (const file of files.filter(({ path }) => /(^|\/)\.dvc\/config$/.test(path))) {
    const root = file.path.slice(0, -'.dvc/config'.length).replace(/\/$/, '')
    const found = await projectAt(folder, { root, file })
    projects.push({ ...found, settings: withAccess(found.settings, request.access ?? {}, cwd) })
  }
  projects.sort((a, b) => b.root.length - a.root.length)
  const all = projects.length === 0 ? [] : await committedOuts(folder, commit, readStageOuts)
  const outs = all.filter(({ file }) => projectOf({ projects }, file) !== undefined)
  return { url, commit, folder, files, outs, projects, follow: { clones, readStageOuts } }
}

// Of a work tree on this machine its own settings and cache are nearer than what was committed.
async function projectAt(
  folder: string,
  { root, file }: { readonly root: string; readonly file: CommittedFile },
): Promise<ForeignProject> {
  const there = join(folder, root)
  if (!existsSync(join(there, '.dvc')))
    return { root, settings: (await committedConfig(folder, file)).settings, cacheDir: null }
  const { settings, cacheDir } = readDvcConfig(there)
  return { root, settings, cacheDir }
}

interface OpenWorkspace {
  readonly url: string
  readonly folder: string
  readonly follow: ForeignRepository['follow']
}

async function openWorkspace(
  project: DataProject,
  { url, folder, follow }: OpenWorkspace,
): Promise<ForeignRepository> {
  const base = { url, commit: null, folder, files: null, follow }
  if (!existsSync(join(folder, '.dvc'))) return { ...base, outs: [], projects: [] }
  const config = readDvcConfig(folder)
  const other = { ...project, ...config, root: folder }
  const outs = await readTrackedOuts(other, workspaceRecords(other), follow.readStageOuts)
  return { ...base, outs, projects: [{ root: '', ...config }] }
}

async function committedOuts(
  folder: string,
  commit: string,
  readStageOuts: ReadStageOuts,
): Promise<readonly TrackedOut[]> {
  const records = await committedRecords(folder, commit)
  try {
    return await readTrackedOuts({ root: folder }, records, readStageOuts)
  } finally {
    records.close()
  }
}

// The configuration of a clone is read as a file, from a folder of its own.
async function committedConfig(folder: string, { object }: CommittedFile) {
  const scratch = mkdtempSync(join(tmpdir(), 'ratchet-settings-'))
  try {
    mkdirSync(join(scratch, '.dvc'))
    const [text] = await readObjects(folder, [object])
    writeFileSync(join(scratch, '.dvc/config'), text ?? '')
    return readDvcConfig(scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
