import { posix } from 'node:path'
import { datasetErrors } from '../errors.ts'
import { type ForeignRepository, openForeign } from '../foreign/repository.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import type { ReadStageOuts } from '../tracked/outs.ts'
import type { YamlMap } from '../yaml-values.ts'
import { arrive, replaceSafely } from './arrive.ts'
import { contentAt } from './follow-repository.ts'
import { importGoal } from './goal.ts'
import { type Imported, recordImport } from './record.ts'

export interface ImportRepositoryRequest {
  readonly url: string
  /** In the other repository. */
  readonly path: string
  readonly rev?: string | undefined
  /** From the root. */
  readonly out?: string | undefined
  readonly cwd: string
  readonly here: string
  readonly clones: string
  readonly force?: boolean | undefined
  readonly noDownload?: boolean | undefined
  readonly readStageOuts: ReadStageOuts
}

/** Brings data of another repository, pinned to the commit it has there now. @throws DATASET_NOT_FOUND, DATASET_OVERLAPS */
export async function importRepository(
  project: DataProject,
  request: ImportRepositoryRequest,
): Promise<Imported> {
  const { url, rev, out, here, force = false } = request
  const path = posix.normalize(request.path).replace(/\/$/, '')
  if (posix.isAbsolute(path) || path.startsWith('..'))
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `${path} is not a path of ${url}` })
  const repository = await openForeign(project, { ...request, committed: true })
  const goal = await importGoal(project, { name: posix.basename(path), out, here, force })
  const repo = new Map([['url', url]])
  if (rev !== undefined) repo.set('rev', rev)
  repo.set('rev_lock', repository.commit ?? '')
  const dependency: YamlMap = new Map<string, string | YamlMap>([
    ['path', path],
    ['repo', repo],
  ])
  if (request.noDownload === true)
    return recordImport(project, goal, { dependency, hash: null, looked: true })
  const hash = await bringPath(project, repository, { from: path, to: goal.path, force })
  return recordImport(project, goal, { dependency, hash, looked: true })
}

export interface Bringing {
  /** In the other repository. */
  readonly from: string
  /** From the root of this one. */
  readonly to: string
  /** A folder may give way to a file. */
  readonly force?: boolean | undefined
}

/** Makes a path of the workspace what a path of another repository is. Returns what DVC records of it. */
export async function bringPath(
  project: DataProject,
  repository: ForeignRepository,
  { from, to, force }: Bringing,
): Promise<PathHash> {
  const { hash: known, download } = await contentAt(project, repository, { from, out: null })
  if (known === null) return arrive(project, { to, download, force })
  const { md5, size, nfiles } = known
  const hash = { md5, size, ...(nfiles === undefined ? {} : { nfiles }) }
  await replaceSafely(project, { to, hash, force })
  return hash
}
