import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type DvcConfig, readDvcConfig } from './config.ts'
import { datasetErrors } from './errors.ts'
import { openStateCache, type StateCache } from './state-cache.ts'

/** An opened DVC project: where its files and its cache are. Close it to release the state cache. */
export interface DataProject extends DvcConfig {
  /** Absolute, symbolic links resolved. */
  readonly root: string
  readonly git: boolean
  readonly state: StateCache
  readonly close: () => void
}

export interface OpenOptions {
  /** Where Ratchet keeps its state; `.ratchet` in the project unless moved. */
  readonly stateDir?: string | undefined
}

/** Opens the project in `folder`. @throws DATASET_NO_PROJECT when there is no `.dvc` in it. */
export function openDataProject(folder: string, options: OpenOptions = {}): DataProject {
  if (!existsSync(join(folder, '.dvc')))
    throw datasetErrors.DATASET_NO_PROJECT({ detail: `no .dvc in ${folder}`, path: folder })
  const root = realpathSync(folder)
  const config = readDvcConfig(root)
  const state = openStateCache(join(options.stateDir ?? join(root, '.ratchet'), 'files.db'))
  const git = !config.noScm && existsSync(join(root, '.git'))
  return { ...config, root, git, state, close: state.close }
}
