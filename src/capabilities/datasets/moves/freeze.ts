import type { DataProject } from '../project.ts'
import { readDvcFile, writeDvcFile } from '../dvc-file.ts'
import { editYaml } from '../yaml-edit.ts'

/** Says in a `.dvc` file that its data is frozen, or no longer. True when the file was written. @throws DATASET_FILE_INVALID */
export function freezeDvcFile(project: DataProject, file: string, frozen: boolean): boolean {
  const { document, text } = readDvcFile(project, file)
  const next = new Map(document)
  // Its name in files of before DVC 1.
  next.delete('locked')
  if (frozen) next.set('frozen', true)
  else next.delete('frozen')
  return writeDvcFile(project, file, editYaml(text, next, file))
}
