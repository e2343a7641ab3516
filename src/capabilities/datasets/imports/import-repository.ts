import { posix } from 'node:path'
import { datasetErrors } from '../errors.ts'
import type { Access } from '../foreign/access.ts'
import { type ForeignRepository, openForeign } from '../foreign/repository.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import type { ReadStageOuts } from '../tracked/outs.ts'
import type { YamlMap, YamlValue } from '../yaml-values.ts'
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
  /** Records only where it is. */
  readonly noExec?: boolean | undefined
  /** How to reach its data, beside what the other repository says. */
  readonly access?: Access | undefined
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
  const goalAsked = { name: posix.basename(path), out, here, force }
  const repo = new Map<string, YamlValue>([['url', url]])
  if (rev !== undefined) repo.set('rev', rev)
  const dependency = (): YamlMap =>
    new Map<string, YamlValue>([
      ['path', path],
      ['repo', new Map([...repo, ...said(request.access)])],
    ])
  if (request.noExec === true) {
    const goal = await importGoal(project, goalAsked)
    return recordImport(project, goal, { dependency: dependency(), hash: null, looked: false })
  }
  const repository = await openForeign(project, { ...request, committed: true })
  const goal = await importGoal(project, goalAsked)
  repo.set('rev_lock', repository.commit ?? '')
  if (request.noDownload === true)
    return recordImport(project, goal, { dependency: dependency(), hash: null, looked: true })
  const hash = await bringPath(project, repository, { from: path, to: goal.path, force })
  return recordImport(project, goal, { dependency: dependency(), hash, looked: true })
}

function said({ config, remote }: Access = {}): readonly (readonly [string, YamlValue])[] {
  const both = [
    ['config', config],
    ['remote', remote],
  ] as const
  return both.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
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
