import { join } from 'node:path'
import { readDvcSettings } from '../../datasets/index.ts'
import { pipelineErrors } from '../errors.ts'
import type { Stage } from '../schema.ts'
import type { FlagStyle } from './command-flags.ts'
import { findPipelineFiles } from './find-pipelines.ts'
import { PIPELINE_FILE, type PipelineFile, readPipelineFile } from './pipeline-file.ts'
import { resolveFile, type ResolvedFile } from './resolve.ts'
import { toStage } from './stage.ts'

export interface PipelineDeclaration {
  readonly file: PipelineFile
  readonly resolved: ResolvedFile
  readonly stages: readonly Stage[]
}

/**
 * Every dvc.yaml of the project, that of the root first, templates filled in; none in a project of data alone.
 * @throws PIPELINE_FILE_INVALID with line and column
 */
export function readDeclarations(root: string): readonly PipelineDeclaration[] {
  const flags = flagStyle(root)
  return findPipelineFiles(root).map((path) => readDeclaration(root, path, flags))
}

// `parsing` of DVC's configuration. A value that DVC does not know is DVC's to refuse.
function flagStyle(root: string): FlagStyle {
  const parsing = readDvcSettings(root).get('parsing')
  return {
    bool: parsing?.get('bool')?.text === 'boolean_optional' ? 'boolean_optional' : 'store_true',
    list: parsing?.get('list')?.text === 'append' ? 'append' : 'nargs',
  }
}

function readDeclaration(root: string, path: string, flags: FlagStyle): PipelineDeclaration {
  const file = readPipelineFile(root, path)
  const resolved = resolveFile({ root, file, flags })
  const stages = resolved.stages.map((stage) => toStage({ root, file, resolved: stage }))
  return { file, resolved, stages }
}

/** All stages of the project by their address: `train`, or `sub/dvc.yaml:train`. */
export function readStages(root: string): ReadonlyMap<string, Stage> {
  const stages = readDeclarations(root).flatMap((declaration) => declaration.stages)
  return new Map(stages.map((stage) => [stage.address, stage]))
}

/** The same where there must be a dvc.yaml. @throws PIPELINE_FILE_MISSING, PIPELINE_FILE_INVALID with line and column */
export function readPipeline(root: string): ReadonlyMap<string, Stage> {
  if (findPipelineFiles(root).length > 0) return readStages(root)
  const path = join(root, PIPELINE_FILE)
  throw pipelineErrors.PIPELINE_FILE_MISSING({ detail: path, path })
}
