import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, posix } from 'node:path'
import {
  type DataProject,
  emitYaml,
  forgetPlaced,
  isYamlMap,
  pathInside,
  reach,
  unignorePath,
  unprotectPath,
  writeAtomically,
} from '../datasets/index.ts'
import { PIPELINE_FILE } from './declaration/pipeline-file.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { withoutStage } from './edit-stage.ts'
import { pipelineErrors } from './errors.ts'
import { fromRoot } from './graph.ts'
import { lockFileOf, readLockFile } from './lock-file.ts'
import type { Stage } from './schema.ts'

export interface RemovedStage {
  readonly file: string
  readonly stage: string
  readonly outs: readonly string[]
  /** Files to commit with Git, those that are gone too. */
  readonly written: readonly string[]
}

/**
 * The address of the one stage that has this name, as seen from `folder`, which starts at the root; null when there is
 * none. Its outputs are no names of it.
 */
export function findStage(root: string, target: string, folder = ''): string | null {
  const at = target.lastIndexOf(':')
  const file = at > 0 ? target.slice(0, at) : PIPELINE_FILE
  const whole = `${posix.join(folder, file)}:${target.slice(at + 1)}`
  for (const stage of readPipeline(root).values())
    if (`${stage.file}:${stage.name}` === whole) return stage.address
  return null
}

/**
 * Takes a stage out of dvc.yaml and dvc.lock. What it wrote stays as plain files, unless `outs` is asked.
 * @throws PIPELINE_STAGE_UNKNOWN, PIPELINE_STAGE_GENERATED
 */
export function removeStage(
  project: DataProject,
  address: string,
  { outs: withData = false }: { readonly outs?: boolean } = {},
): RemovedStage {
  const stage = readPipeline(project.root).get(address)
  if (stage === undefined) throw pipelineErrors.PIPELINE_STAGE_UNKNOWN({ detail: `"${address}"` })
  if (stage.group !== null || !stage.isLiteral)
    throw pipelineErrors.PIPELINE_STAGE_GENERATED({ detail: `"${address}"`, path: stage.file })
  const outs = stage.outs.map(({ path }) => fromRoot(stage, path))
  const ignored = outs.flatMap((path) => {
    const { absolute } = pathInside(project.root, path)
    if (withData) rmSync(absolute, { recursive: true, force: true })
    else if (existsSync(absolute)) unprotectPath(project, path)
    reach('remove: data done')
    return unignorePath(project, path) ?? []
  })
  forgetPlaced(project, outs)
  reach('remove: before the stage goes')
  const locked = forgetLocked(project, stage)
  reach('remove: out of dvc.lock')
  const written = [locked, forgetDeclared(project, stage)]
  return {
    file: stage.file,
    stage: address,
    outs,
    written: [...written.filter((file) => file !== null), ...new Set(ignored)],
  }
}

// The lock first: a stage without one is new, a lock without its stage is confusing.
function forgetLocked({ root }: DataProject, { file, name }: Stage): string | null {
  const path = lockFileOf(file)
  const { document } = readLockFile(root, path)
  const stages = document.get('stages')
  if (!isYamlMap(stages) || !stages.has(name)) return null
  const left = new Map([...stages].filter(([other]) => other !== name))
  if (left.size === 0) rmSync(join(root, path))
  else writeAtomically(join(root, path), emitYaml(new Map(document).set('stages', left)))
  return path
}

function forgetDeclared({ root }: DataProject, { file, name }: Stage): string {
  const path = join(root, file)
  const text = withoutStage(readFileSync(path, 'utf8'), name)
  if (text === null) rmSync(path)
  else writeAtomically(path, text)
  return file
}
