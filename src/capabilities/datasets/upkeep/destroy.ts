import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readDvcFile } from '../dvc-file.ts'
import { reach } from '../fault-points.ts'
import { findDvcFiles } from '../find-files.ts'
import { unprotectPath } from '../moves/unprotect.ts'
import type { DataProject } from '../project.ts'

/**
 * Makes a project one that DVC knows nothing of: `.dvc` files, the pipeline files named, `.dvcignore` and `.dvc`
 * with its cache go; the data stays, as plain files. Returns what was removed.
 */
export function destroyProject(
  project: DataProject,
  pipelineFiles: readonly string[],
): readonly string[] {
  const files = findDvcFiles(project)
  const paths = files.flatMap((file) => readDvcFile(project, file).outs.map(({ path }) => path))
  for (const path of paths)
    if (path !== null && existsSync(join(project.root, path))) unprotectPath(project, path)
  const gone = [...files, ...pipelineFiles, '.dvcignore', '.dvc'].filter((file) =>
    existsSync(join(project.root, file)),
  )
  project.close()
  for (const file of gone) {
    reach('destroy: before a removal')
    rmSync(join(project.root, file), { recursive: true })
  }
  return gone
}
