import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type DvcConfig, readDvcConfig } from './config.ts'
import { datasetErrors } from './errors.ts'
import { findGitTop } from './git-top.ts'
import { TEMPORARY_FOLDER } from './remotes/local.ts'
import { prepareSharedCache } from './cache-permissions.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import { openStateCache, type StateCache } from './state-cache.ts'
import { openPool, type Pool } from './workers/pool.ts'

/** An opened DVC project: where its files and its cache are. Close it to release the state cache and the threads. */
export interface DataProject extends DvcConfig {
  /** Absolute, symbolic links resolved. */
  readonly root: string
  readonly git: boolean
  /** Where Ratchet keeps what it remembers. */
  readonly stateDir: string
  readonly state: StateCache
  /** Threads for much work, this thread for little: starting one costs more than a few files. */
  readonly poolFor: (files: number, bytes: number | (() => number)) => Pool
  /** A folder for small unfinished files of the cache, the same until the project is closed. @throws STORAGE_READ_ONLY */
  readonly unfinishedFolder: () => string
  readonly close: () => void
}

export interface OpenOptions {
  /** Where Ratchet keeps its state; `.ratchet` in the project unless moved. */
  readonly stateDir?: string | undefined
  /** Threads for hashing, copying and linking; as many as cores unless told. */
  readonly jobs?: number | undefined
}

const FEW_FILES = 100
const FEW_BYTES = 16 << 20

/** Opens the project in `folder`. @throws DATASET_NO_PROJECT when there is no `.dvc` in it. */
export function openDataProject(folder: string, options: OpenOptions = {}): DataProject {
  if (!existsSync(join(folder, '.dvc')))
    throw datasetErrors.DATASET_NO_PROJECT({ detail: `no .dvc in ${folder}`, path: folder })
  const root = realpathSync(folder)
  const config = readDvcConfig(root)
  if (config.sharedCache) prepareSharedCache(config.cacheDir)
  const stateDir = options.stateDir ?? join(root, '.ratchet')
  const state = openStateCache(join(stateDir, 'files.db'))
  const git = !config.noScm && findGitTop(root) !== null
  const threads = openPool(Math.max(1, options.jobs ?? availableParallelism()))
  const here = openPool(0)
  const isLittle = (bytes: number | (() => number)): boolean =>
    (typeof bytes === 'number' ? bytes : bytes()) <= FEW_BYTES
  const poolFor: DataProject['poolFor'] = (files, bytes) =>
    files <= FEW_FILES && (files <= 1 || isLittle(bytes)) ? here : threads
  let unfinished: string | null = null
  const unfinishedFolder = (): string => {
    if (unfinished !== null) return unfinished
    unfinished = temporaryFolder(join(config.cacheDir, TEMPORARY_FOLDER))
    mkdirSync(unfinished)
    return unfinished
  }
  const close = (): void => {
    state.close()
    if (unfinished !== null) rmSync(unfinished, { recursive: true, force: true })
    void threads.close()
  }
  return { ...config, root, git, stateDir, state, poolFor, unfinishedFolder, close }
}
