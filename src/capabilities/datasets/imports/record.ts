import { posix } from 'node:path'
import { writeDvcFile } from '../dvc-file.ts'
import { gitignorePath } from '../git.ts'
import type { PathHash } from '../hash-path.ts'
import { notePlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { inFileOrder, stageMd5, withHash } from '../stage-document.ts'
import { emitYaml } from '../yaml-emit.ts'
import type { YamlMap, YamlValue } from '../yaml-values.ts'
import type { ImportGoal } from './goal.ts'

/** What an import wrote. */
export interface Imported {
  readonly path: string
  readonly file: string
  /** Null when nothing was downloaded. */
  readonly hash: PathHash | null
  /** The files to commit with Git. */
  readonly written: readonly string[]
}

export interface ImportRecord {
  readonly dependency: YamlMap
  readonly hash: PathHash | null
  /** False for `--no-exec`: DVC then writes no hash of the whole. */
  readonly looked: boolean
  /** False where the data is not pushed: its store keeps it. */
  readonly push?: boolean
  /** False where the data went to the remote only. */
  readonly placed?: boolean
}

/** Writes the `.dvc` file of an import in DVC's bytes, and hides the data from Git. */
export async function recordImport(
  project: DataProject,
  { path, file }: ImportGoal,
  { dependency, hash, looked, placed = true, push = true }: ImportRecord,
): Promise<Imported> {
  const own = new Map<string, YamlValue>([['path', posix.basename(path)]])
  if (!push) own.set('push', false)
  const out = withHash(own, hash)
  const document = new Map<string, YamlValue>([
    ['frozen', true],
    ['deps', [dependency]],
    ['outs', [out]],
  ])
  if (looked) document.set('md5', stageMd5(document))
  // Hidden first: killed in between, it is not left tracked and shown to Git as new.
  const ignored = await gitignorePath(project, path)
  writeDvcFile(project, file, emitYaml(inFileOrder(document)))
  if (hash !== null && placed) notePlaced(project, [path])
  return { path, file, hash, written: [file, ...(ignored === null ? [] : [ignored])] }
}
