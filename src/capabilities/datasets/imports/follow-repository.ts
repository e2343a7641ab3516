import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Access } from '../foreign/access.ts'
import { bringObjects } from '../foreign/bring.ts'
import { getFiles } from '../foreign/get.ts'
import { type ForeignRepository, type OpenForeign, openForeign } from '../foreign/repository.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import type { SelectedOut } from '../targets.ts'
import type { ImportOrigin, TrackedOut } from '../tracked/outs.ts'
import { emitYaml } from '../yaml-emit.ts'
import { isYamlMap, type YamlMap } from '../yaml-values.ts'

/** What is needed to ask the repositories that imports came from. */
export type FollowImports = Pick<OpenForeign, 'clones' | 'readStageOuts'>

export type OpenOrigin = (origin: ImportOrigin) => Promise<ForeignRepository>

/** What an import says of the repository that it comes from. */
export function repositoryOf(dependency: YamlMap): YamlMap {
  const repo = dependency.get('repo')
  return isYamlMap(repo) ? repo : new Map()
}

export function accessOf(repo: YamlMap): Access {
  return { config: repo.get('config'), remote: repo.get('remote') }
}

/** Where a relative address starts: DVC records it as it was typed, beside the `.dvc` file or at the root. */
export function startOf(
  root: string,
  { url, wdir }: { readonly url: string; readonly wdir: string },
): string {
  const beside = resolve(root, wdir)
  return existsSync(resolve(beside, url)) ? beside : root
}

/** Opens repositories at the commits that imports are pinned to, each once. */
export function originOpener(project: DataProject, follow: FollowImports): OpenOrigin {
  const opened = new Map<string, Promise<ForeignRepository>>()
  return ({ dependency, wdir }) => {
    const repo = repositoryOf(dependency)
    const url = String(repo.get('url'))
    const pinned = repo.get('rev_lock') ?? repo.get('rev')
    const rev = typeof pinned === 'string' ? pinned : undefined
    const cwd = startOf(project.root, { url, wdir })
    const key = `${cwd}\n${emitYaml(repo)}`
    const known =
      opened.get(key) ??
      openForeign(project, { ...follow, url, rev, cwd, committed: true, access: accessOf(repo) })
    opened.set(key, known)
    return known
  }
}

export interface ContentAt {
  /** Of what the other repository tracks as a whole, and what the cache has by now. */
  readonly hash: PathHash | null
  /** Where only a download can tell: parts of what it tracks, files of Git, and both together. */
  readonly download: (target: string) => Promise<void>
}

/** A path of another repository, which an import here may have recorded already. */
export async function contentAt(
  project: DataProject,
  repository: ForeignRepository,
  { from, out }: { readonly from: string; readonly out: SelectedOut | null },
): Promise<ContentAt> {
  const path = from === '.' ? '' : from
  const download = async (target: string): Promise<void> => {
    await getFiles(project, repository, { from: path, target })
  }
  const whole = repository.outs.find((one) => one.path === path)
  if (whole === undefined || !isSame(whole, out)) return { hash: null, download }
  await bringObjects(project, repository, [{ out: whole, part: out?.part ?? null }])
  return { hash: whole.hash, download }
}

// What DVC 2 recorded has another hash here, unless the import was made by it, too.
function isSame(whole: TrackedOut, out: SelectedOut | null): boolean {
  if (whole.hash === null) return false
  if (out === null || out.hash === null) return whole.hash.legacy !== true
  return whole.hash.md5 === out.hash.md5 && whole.hash.legacy === out.hash.legacy
}
