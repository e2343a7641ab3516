import { existsSync } from 'node:fs'
import { type AddedDataset, addDataset, type AddOptions } from './add.ts'
import { fsPath } from './file-names.ts'
import type { DataProject } from './project.ts'
import { selectOuts, type TargetOptions } from './targets.ts'

/**
 * Records the data that `.dvc` files track as it is now. What is not in the workspace stays as it is recorded.
 * Outputs of stages are recorded by `repro`.
 */
export async function commitDatasets(
  project: DataProject,
  targets: readonly string[] = [],
  options: AddOptions & TargetOptions = {},
): Promise<readonly AddedDataset[]> {
  const outs = await selectOuts(project, targets, {
    recursive: options.recursive,
    glob: options.glob,
  })
  const committed: AddedDataset[] = []
  for (const { path, part, file } of outs) {
    const whole = part === null ? path : `${path}/${part}`
    if (existsSync(fsPath(`${project.root}/${path}`)))
      committed.push(await addDataset(project, whole, { ...options, trackedBy: file }))
  }
  return committed
}
