import { datasetErrors } from './errors.ts'
import { readDvcFile } from './dvc-file.ts'
import { findProjectFiles } from './find-files.ts'
import type { DataProject } from './project.ts'
import { isWithin } from './tracked/paths.ts'

/** A path that a `.dvc` file or a stage writes, kept in the cache or not. */
export interface DeclaredPath {
  /** From the root. */
  readonly path: string
  /** A `.dvc` file, or a stage such as `dvc.yaml:train`. */
  readonly declaredBy: string
}

/** What the stages below a folder write. Asked only where there are some. */
export type ReadStagePaths = (root: string) => Promise<readonly DeclaredPath[]>

/** Everything that the workspace declares to be written. @throws DATASET_FILE_INVALID */
export async function declaredPaths(
  project: DataProject,
  readStagePaths: ReadStagePaths,
): Promise<readonly DeclaredPath[]> {
  const { dvcFiles, pipelines } = findProjectFiles(project)
  const data = dvcFiles.flatMap((file) =>
    readDvcFile(project, file).outs.flatMap(({ path }) =>
      path === null ? [] : [{ path, declaredBy: file }],
    ),
  )
  return pipelines.length === 0 ? data : [...data, ...(await readStagePaths(project.root))]
}

/**
 * The `.dvc` file that tracks a path already, by itself or as a part of a folder, whatever the file is called; null when
 * nothing does. DVC reads no project in which two declare one path, so such a one is never made.
 * @throws DATASET_OVERLAPS
 */
export function trackingFile(declared: readonly DeclaredPath[], path: string): string | null {
  const around = declared.filter((one) => isWithin(path, one.path))
  const stage = around.find(({ declaredBy }) => !isDvcFile(declaredBy))
  if (stage !== undefined)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${stage.path} is an output of ${stage.declaredBy}`,
      path,
      next: `Run \`ratchet repro\`, or \`ratchet commit ${stage.path}\` to record it as it is.`,
    })
  const [file, other] = around
  if (file !== undefined && other !== undefined)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${path} is tracked by ${file.declaredBy} and by ${other.declaredBy}`,
      path,
      next: 'Remove one of them.',
    })
  if (file !== undefined) return file.declaredBy
  const inner = declared.find((one) => isWithin(one.path, path))
  if (inner === undefined) return null
  throw datasetErrors.DATASET_OVERLAPS({
    detail: `${inner.path} in ${path} is tracked by ${inner.declaredBy}`,
    path: inner.path,
    next: isDvcFile(inner.declaredBy)
      ? `Run \`ratchet remove ${inner.declaredBy}\` to track it as a part of ${path}, or add its neighbours one by one.`
      : 'Add its neighbours one by one.',
  })
}

function isDvcFile(declaredBy: string): boolean {
  return declaredBy.endsWith('.dvc')
}
