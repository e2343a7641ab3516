import { findPipelineFiles } from './declaration/find-pipelines.ts'
import { lockFileOf } from './lock-file.ts'

/** Every dvc.yaml of the project and the dvc.lock beside it, whether that exists or not. */
export function pipelineFiles(root: string): readonly string[] {
  return findPipelineFiles(root).flatMap((file) => [file, lockFileOf(file)])
}
