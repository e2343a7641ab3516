import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkoutPath } from '../checkout.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { hashPath, type PathHash } from '../hash-path.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import type { YamlMap } from '../yaml-values.ts'
import { hashOutside } from './hash-outside.ts'

export interface Arrival {
  /** From the root. */
  readonly to: string
  readonly download: (target: string) => Promise<void>
  /** What the source said of the data before; what arrives must agree. */
  readonly entry?: YamlMap | undefined
  /** A folder may give way to a file. */
  readonly force?: boolean | undefined
  /** What was a program where it comes from is none here. */
  readonly plain?: boolean | undefined
}

/**
 * Downloads to a place of its own, looks whether all has come, brings it into the cache, and only then changes the
 * workspace: an import that fails leaves everything as it was.
 * @throws DATASET_REMOTE_CORRUPT, DATASET_CHANGED_WHILE_READ, DATASET_WOULD_BE_LOST
 */
export async function arrive(project: DataProject, arrival: Arrival): Promise<PathHash> {
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  const arrived = join(folder, 'data')
  try {
    mkdirSync(folder, { recursive: true })
    await arrival.download(arrived)
    reach('arrive: downloaded')
    const hash = await hashOutside(project, arrived, { store: true })
    if (arrival.entry !== undefined) requireAsSaid(arrival.to, hash, arrival.entry)
    reach('arrive: in the cache')
    // DVC records of an import whether its source is a program, not of the data.
    const { md5, size, nfiles } = hash
    const recorded = { md5, size, ...(nfiles === undefined ? {} : { nfiles }) }
    await replaceSafely(project, { ...arrival, hash: arrival.plain === true ? recorded : hash })
    reach('arrive: in the workspace')
    return recorded
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @throws DATASET_CHANGED_WHILE_READ, DATASET_REMOTE_CORRUPT when data is not what its source said of it before */
export function requireAsSaid(path: string, { md5, size }: PathHash, entry: YamlMap): void {
  const [saidMd5, saidSize] = [entry.get('md5'), entry.get('size')]
  // Of a folder of a store the hash is made of ETags, not of contents.
  const isOfContent = !/^[a-z][a-z0-9+.-]+:\/\//i.test(String(entry.get('path')))
  if (isOfContent && typeof saidMd5 === 'string' && saidMd5 !== md5)
    throw datasetErrors.DATASET_CHANGED_WHILE_READ({
      detail: `${path} came with MD5 ${md5}, and had ${saidMd5} when the import began`,
      path,
    })
  if (typeof saidSize !== 'number' || saidSize === size) return
  throw datasetErrors.DATASET_REMOTE_CORRUPT({
    detail: `${path} came with ${size} bytes, and its source says that it has ${saidSize}`,
    path,
  })
}

/** Makes a path a content of the cache; what stands there is in the cache before it goes. */
export async function replaceSafely(
  project: DataProject,
  {
    to,
    hash,
    force = false,
  }: Pick<Arrival, 'to' | 'force'> & {
    readonly hash: PathHash
  },
): Promise<void> {
  if (existsSync(join(project.root, to))) await hashPath(project, to, { store: true })
  await checkoutPath(project, { path: to, hash, force })
}

/** Takes a path out of the workspace; what stands there is in the cache before it goes. */
export async function removeSafely(project: DataProject, path: string): Promise<void> {
  const absolute = join(project.root, path)
  if (!existsSync(absolute)) return
  await hashPath(project, path, { store: true })
  rmSync(absolute, { recursive: true })
}
