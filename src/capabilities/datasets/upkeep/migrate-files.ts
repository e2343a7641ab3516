import { type DvcFile, type DvcOut, readDvcFile, writeDvcFile } from '../dvc-file.ts'
import { findDvcFiles } from '../find-files.ts'
import type { DataProject } from '../project.ts'
import { stageMd5, withHash } from '../stage-document.ts'
import { editYaml } from '../yaml-edit.ts'
import type { YamlMap } from '../yaml-values.ts'
import { migrateRecord, type NewNames } from './migrate-record.ts'

/** A record that stays as DVC 2 wrote it. */
export interface LeftRecord {
  readonly file: string
  /** From the root. */
  readonly path: string
  /** `changed`: the workspace has another content; `missing`: it is neither there nor in the cache. */
  readonly reason: 'changed' | 'missing'
}

export interface MigratedFiles {
  /** From the root. */
  readonly files: readonly string[]
  readonly left: readonly LeftRecord[]
}

/** The `.dvc` files with a record of DVC 2, from the root. */
export async function legacyDvcFiles(project: DataProject): Promise<readonly string[]> {
  return findDvcFiles(project).filter((file) =>
    readDvcFile(project, file).outs.some(({ hash }) => hash?.legacy === true),
  )
}

/** Makes the records of `.dvc` files those of DVC 3. Each file is old or new, never half. */
export async function migrateDvcFiles(
  project: DataProject,
  names: NewNames,
): Promise<MigratedFiles> {
  const files: string[] = []
  const left: LeftRecord[] = []
  for (const file of await legacyDvcFiles(project)) {
    const tracked = readDvcFile(project, file)
    const entries: YamlMap[] = []
    for (const out of tracked.outs) {
      const { entry, reason } = await migrateOut(project, out, names)
      entries.push(entry)
      if (reason !== null) left.push({ file, path: out.path ?? '', reason })
    }
    if (writeDvcFile(project, file, textWith(tracked, entries))) files.push(file)
  }
  return { files, left }
}

async function migrateOut(
  project: DataProject,
  { path, hash, cache, entry }: DvcOut,
  names: NewNames,
): Promise<{ readonly entry: YamlMap; readonly reason: LeftRecord['reason'] | null }> {
  if (path === null || hash?.legacy !== true) return { entry, reason: null }
  const record = await migrateRecord(project, { path, hash, store: cache }, names)
  return typeof record === 'string'
    ? { entry, reason: record }
    : { entry: withHash(entry, record), reason: null }
}

function textWith({ document, text, file }: DvcFile, outs: readonly YamlMap[]): string {
  const next = new Map(document).set('outs', outs)
  if (document.has('md5')) next.set('md5', stageMd5(next))
  return editYaml(text, next, file)
}
