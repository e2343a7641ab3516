import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { readDvcFile, writeDvcFile } from '../dvc-file.ts'
import { gitignorePath } from '../git.ts'
import type { PathHash } from '../hash-path.ts'
import { notePlaced } from '../placed-paths.ts'
import type { DataProject } from '../project.ts'
import { inFileOrder, stageMd5, withHash } from '../stage-document.ts'
import { editYaml } from '../yaml-edit.ts'
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

/**
 * Writes the `.dvc` file of an import in DVC's bytes, and hides the data from Git. A file that stands there keeps its
 * remarks, and what it says of the data beside content and origin. @throws DATASET_FILE_INVALID
 */
export async function recordImport(
  project: DataProject,
  { path, file }: ImportGoal,
  { dependency, hash, looked, placed = true, push = true }: ImportRecord,
): Promise<Imported> {
  const existing = existsSync(join(project.root, file)) ? readDvcFile(project, file) : null
  const before = existing?.outs.find((each) => each.path === path)
  const own = new Map<string, YamlValue>([
    ['path', posix.basename(path)],
    ...kept(before?.entry, ['desc', 'type', 'labels', 'meta', 'remote']),
  ])
  if (!push || before?.push === false) own.set('push', false)
  const out = withHash(own, hash)
  const document = new Map<string, YamlValue>([
    ...kept(existing?.document, ['desc', 'meta']),
    ['frozen', true],
    ['deps', [dependency]],
    ['outs', [out]],
  ])
  if (looked) document.set('md5', stageMd5(document))
  // Hidden first: killed in between, it is not left tracked and shown to Git as new.
  const ignored = await gitignorePath(project, path)
  const ordered = inFileOrder(document)
  const text = existing === null ? emitYaml(ordered) : editYaml(existing.text, ordered, file)
  writeDvcFile(project, file, text)
  if (hash !== null && placed) notePlaced(project, [path])
  return { path, file, hash, written: [file, ...(ignored === null ? [] : [ignored])] }
}

function kept(
  entry: YamlMap | undefined,
  keys: readonly string[],
): readonly (readonly [string, YamlValue])[] {
  return keys.flatMap((key) => {
    const value = entry?.get(key)
    return value === undefined ? [] : [[key, value] as const]
  })
}
