import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { datasetErrors } from '../errors.ts'
import type { PathHash } from '../hash-path.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { keepsVersions } from '../versioned/recorded-files.ts'
import { isWhole } from '../whole.ts'
import { requireAsSaid } from './arrive.ts'
import {
  contentAt,
  type FollowImports,
  type OpenOrigin,
  originOpener,
} from './follow-repository.ts'
import { hashOutside } from './hash-outside.ts'
import { isOfRepository, type SourcedOut } from './origin.ts'
import { importSource } from './source.ts'
import { versionedSource } from './versioned-source.ts'

export interface CameFromSource {
  /** How many files came. */
  readonly fetched: number
  /** By path: the content of imports whose record names none. */
  readonly contents: ReadonlyMap<string, PathHash>
}

/**
 * Brings into the cache what imports lack in it from where they came from.
 * @throws DATASET_REMOTE_CORRUPT when the source gives other bytes, which are not kept
 */
export async function fetchFromSource(
  project: DataProject,
  outs: readonly SourcedOut[],
  follow: FollowImports | undefined,
): Promise<CameFromSource> {
  let fetched = 0
  const contents = new Map<string, PathHash>()
  const open = follow === undefined ? null : originOpener(project, follow)
  for (const out of outs) {
    if (isWhole(project, out)) continue
    const came = await bring(project, out, open)
    if (came === null) continue
    fetched += came.nfiles ?? 1
    if (out.hash === null) contents.set(out.path, came)
  }
  return { fetched, contents }
}

// Null where another repository is not to be asked.
async function bring(
  project: DataProject,
  out: SourcedOut,
  open: OpenOrigin | null,
): Promise<PathHash | null> {
  const { dependency, wdir } = out.origin
  const url = String(dependency.get('path'))
  if (isOfRepository(out.origin)) {
    if (open === null) return null
    const content = await contentAt(project, await open(out.origin), { from: url, out })
    return content.hash ?? (await download(project, out, content.download))
  }
  if (keepsVersions(dependency)) {
    const source = versionedSource(project, { url, declared: true, recorded: dependency })
    return download(project, out, source.download)
  }
  const source = importSource(project, { url, from: join(project.root, wdir), wdir })
  return download(project, out, source.download)
}

async function download(
  project: DataProject,
  { path, hash, origin }: SourcedOut,
  receive: (target: string) => Promise<void>,
): Promise<PathHash> {
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  const arrived = join(folder, 'data')
  try {
    mkdirSync(folder, { recursive: true })
    await receive(arrived)
    const came = await hashOutside(project, arrived)
    if (hash === null) requireAsSaid(path, came, origin.dependency)
    else if (came.md5 !== hash.md5)
      throw datasetErrors.DATASET_REMOTE_CORRUPT({
        detail: `${String(origin.dependency.get('path'))} gave ${path} with MD5 ${came.md5}; expected ${hash.md5}`,
        path,
        next: `Run \`ratchet update ${path}.dvc\` to take what is there now.`,
      })
    return await hashOutside(project, arrived, { store: true })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
