import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isCached } from '../cache.ts'
import { datasetErrors } from '../errors.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import type { SelectedOut } from '../targets.ts'
import { filesOf } from '../versioned/files-of.ts'
import type { YamlMap } from '../yaml-values.ts'
import { hashOutside } from './hash-outside.ts'
import { versionedSource } from './versioned-source.ts'

/** An import that says which versions its source keeps of it, and which no remote has. */
export interface SourcedOut extends SelectedOut {
  readonly source: YamlMap
}

/**
 * Brings the versions of imports that the cache lacks from where they came from. Returns how many files came.
 * @throws DATASET_REMOTE_CORRUPT when the source gives other bytes, which are not kept
 */
export async function fetchFromSource(
  project: DataProject,
  outs: readonly SourcedOut[],
): Promise<number> {
  let fetched = 0
  for (const out of outs) {
    const files = filesOf(project, out)
    if (out.hash === null || files?.every(({ md5 }) => isCached(project, md5)) === true) continue
    fetched += await bring(project, { ...out, hash: out.hash })
  }
  return fetched
}

async function bring(
  project: DataProject,
  { path, hash, source }: SourcedOut & { readonly hash: NonNullable<SourcedOut['hash']> },
): Promise<number> {
  const url = String(source.get('path'))
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  const arrived = join(folder, 'data')
  try {
    mkdirSync(folder, { recursive: true })
    await versionedSource(project, { url, declared: true, recorded: source }).download(arrived)
    const { md5, nfiles = 1 } = await hashOutside(project, arrived)
    if (md5 !== hash.md5)
      throw datasetErrors.DATASET_REMOTE_CORRUPT({
        detail: `${url} gave ${path} with MD5 ${md5}; expected ${hash.md5}`,
        path,
        next: `Run \`ratchet update ${path}.dvc\` to take what is there now.`,
      })
    await hashOutside(project, arrived, { store: true })
    return nfiles
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
