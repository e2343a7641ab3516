import { readDvcFile, writeDvcFile } from '../dvc-file.ts'
import type { DataProject } from '../project.ts'
import { editYaml } from '../yaml-edit.ts'
import type { YamlMap } from '../yaml-values.ts'
import type { VersionedOut } from './push.ts'
import { type RecordedFile, withListedFiles, withVersion } from './recorded-files.ts'

/** Records in dvc.lock what stages wrote with its versions; pipelines say how. */
export type RecordStageVersions = (
  project: DataProject,
  outs: readonly VersionedOut[],
) => Promise<void>

/** Records the versions of files in `.dvc` files, and through the function given those of stages. */
export async function recordVersions(
  project: DataProject,
  outs: readonly VersionedOut[],
  recordStages: RecordStageVersions,
): Promise<void> {
  const isStage = ({ out }: VersionedOut): boolean => out.declaredBy !== out.file
  for (const file of new Set(outs.filter((each) => !isStage(each)).map(({ out }) => out.file)))
    recordInFile(project, file, outs)
  const stages = outs.filter(isStage)
  if (stages.length > 0) await recordStages(project, stages)
}

function recordInFile(project: DataProject, file: string, all: readonly VersionedOut[]): void {
  const tracked = readDvcFile(project, file)
  const entries = tracked.outs.map(({ path, entry }) => {
    const found = all.find(({ out }) => out.file === file && out.path === path)
    return found === undefined ? entry : entryWithVersions(entry, found.files)
  })
  const document = new Map(tracked.document).set('outs', entries)
  writeDvcFile(project, file, editYaml(tracked.text, document, file))
}

/** An entry of `.dvc` or dvc.lock with the versions of its files. */
export function entryWithVersions(entry: YamlMap, files: readonly RecordedFile[]): YamlMap {
  const [only] = files
  if (only === undefined || only.relpath !== '') return withListedFiles(entry, files)
  if (only.stored === null) return entry
  const next = new Map(withVersion(entry, only.stored))
  if (!only.isexec) next.delete('isexec')
  return next
}
