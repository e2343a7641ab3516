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
import { committedRecords, workspaceRecords } from '../tracked/records.ts'
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
  readonly settings: DvcSettings
  /** Its own cache, when it is on this machine. */
  readonly cacheDir: string | null
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
    return openWorkspace(project, { url, folder: here, readStageOuts })
  const folder = isLocal ? here : await cloneRepository(url, clones, rev)
  const commit = await requireCommit(folder, rev ?? 'HEAD')
  const files = await listCommitted(folder, commit)
  const usesDvc = files.some(({ path }) => path === '.dvc/config')
  const outs = usesDvc ? await committedOuts(folder, commit, readStageOuts) : []
  const config = isLocal ? readDvcConfig(here) : await committedConfig(folder, files)
  const cacheDir = isLocal && existsSync(join(here, '.dvc')) ? config.cacheDir : null
  return { url, commit, folder, files, outs, settings: config.settings, cacheDir }
}

async function openWorkspace(
  project: DataProject,
  { url, folder, readStageOuts }: { url: string; folder: string; readStageOuts: ReadStageOuts },
): Promise<ForeignRepository> {
  const base = { url, commit: null, folder, files: null }
  if (!existsSync(join(folder, '.dvc')))
    return { ...base, outs: [], settings: new Map(), cacheDir: null }
  const config = readDvcConfig(folder)
  const other = { ...project, ...config, root: folder }
  const outs = await readTrackedOuts(other, workspaceRecords(other), readStageOuts)
  return { ...base, outs, settings: config.settings, cacheDir: config.cacheDir }
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
async function committedConfig(folder: string, files: readonly CommittedFile[]) {
  const file = files.find(({ path }) => path === '.dvc/config')
  const scratch = mkdtempSync(join(tmpdir(), 'ratchet-settings-'))
  try {
    mkdirSync(join(scratch, '.dvc'))
    const [text] = file === undefined ? [] : await readObjects(folder, [file.object])
    writeFileSync(join(scratch, '.dvc/config'), text ?? '')
    return readDvcConfig(scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
