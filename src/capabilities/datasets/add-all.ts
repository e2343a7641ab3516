import { type AddedDataset, addDataset, type AddOptions } from './add.ts'
import { pathInside } from './containment.ts'
import { declaredPaths, type ReadStagePaths, trackingFile } from './declared-paths.ts'
import type { DataProject } from './project.ts'

export interface AddAllOptions extends AddOptions {
  readonly readStagePaths: ReadStagePaths
}

/** `add` of many paths: what is tracked already, in part or by a stage, is looked at before any of them is added. */
export async function addDatasets(
  project: DataProject,
  paths: readonly string[],
  { readStagePaths, ...options }: AddAllOptions,
): Promise<readonly AddedDataset[]> {
  const declared = await declaredPaths(project, readStagePaths)
  const asked = paths.map((path) => {
    const { relative } = pathInside(project.root, path)
    return { path, trackedBy: trackingFile(declared, relative) }
  })
  const added: AddedDataset[] = []
  for (const { path, trackedBy } of asked)
    added.push(await addDataset(project, path, { ...options, trackedBy }))
  return added
}
