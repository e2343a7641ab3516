import { type DvcFile, parseDvcFile } from '../dvc-file.ts'
import type { PathHash } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import type { RecordedFile } from '../versioned/recorded-files.ts'
import type { YamlMap } from '../yaml-values.ts'
import type { Records } from './records.ts'

/** A path that a `.dvc` file or a stage keeps in the cache. */
export interface TrackedOut {
  /** From the root. */
  readonly path: string
  /** Null while nothing was recorded: a stage that never ran, a partial import. */
  readonly hash: PathHash | null
  /** What declares it: a `.dvc` file, or `dvc.yaml:train`. */
  readonly declaredBy: string
  /** The file that Git versions when its content changes. */
  readonly file: string
  readonly push: boolean
  readonly remote: string | null
  /** It comes from another repository or address. */
  readonly isImport: boolean
  /** Its files one by one, with their versions, where remotes that keep versions were used. */
  readonly files?: readonly RecordedFile[] | null | undefined
  /** Where an import comes from. */
  readonly origin?: ImportOrigin | undefined
}

export interface ImportOrigin {
  /** What its `.dvc` file says of the place, and of the content there. */
  readonly dependency: YamlMap
  /** Where relative paths of the dependency start, from the root. */
  readonly wdir: string
}

/** What the stages below a folder keep in the cache, with what their dvc.lock says of it. */
export type ReadStageOuts = (folder: string) => readonly TrackedOut[]

/** Everything that is kept in the cache, as the workspace or a commit declares it. */
export async function readTrackedOuts(
  project: Pick<DataProject, 'root'>,
  records: Records,
  readStageOuts: ReadStageOuts,
): Promise<readonly TrackedOut[]> {
  const data = records.dvcFiles.flatMap((file) =>
    outsOfDvcFile(parseDvcFile(project.root, file, records.read(file))),
  )
  const folder = await records.pipelines()
  return folder === null ? data : [...data, ...readStageOuts(folder)]
}

/** What one `.dvc` file keeps in the cache. Data imported from another repository belongs there and is never pushed. */
export function outsOfDvcFile({ file, outs, deps, wdir }: DvcFile): readonly TrackedOut[] {
  const isImport = deps.length > 0
  const [dependency] = deps
  const isForeign = dependency?.has('repo') === true
  const origin = dependency === undefined ? undefined : { dependency, wdir }
  return outs.flatMap(({ path, hash, cache, push, remote, files }) => {
    if (path === null || !cache) return []
    const own = { path, hash, remote, files, origin, push: push && !isForeign }
    return [{ ...own, declaredBy: file, file, isImport }]
  })
}
