import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { datasetErrors, isYamlMap, parseYaml } from '../datasets/index.ts'
import { findPipelineFiles } from './declaration/find-pipelines.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { parents } from './path-index.ts'
import { isDvcFile, type Plan, planStages, type Selection } from './plan.ts'
import type { Stage } from './schema.ts'

/**
 * The stages that are meant, and what comes first. Where `.dvc` files alone are meant there need be no dvc.yaml.
 * @throws PIPELINE_FILE_MISSING, PIPELINE_FILE_INVALID, PIPELINE_STAGE_UNKNOWN, PIPELINE_CYCLE, PIPELINE_OUTPUT_TWICE,
 * DATASET_OVERLAPS
 */
export function loadPlan(root: string, selection: Selection): Plan {
  const { allPipelines, targets } = selection
  const isOfData = allPipelines === true || (targets.length > 0 && targets.every(isDvcFile))
  const hasStages = !isOfData || findPipelineFiles(root).length > 0
  const stages = hasStages ? readPipeline(root) : new Map<string, Stage>()
  refuseDataAsOutputs(root, stages)
  return planStages(stages, selection)
}

/**
 * A stage deletes its outputs before it runs, so what a `.dvc` file tracks is never one, nor what lies in it.
 * @throws DATASET_OVERLAPS
 */
function refuseDataAsOutputs(root: string, stages: ReadonlyMap<string, Stage>): void {
  const trackers = new Map<string, string | null>()
  const trackerOf = (path: string): string | null => {
    const known = trackers.get(path)
    if (known !== undefined) return known
    const file = tracks(root, path) ? `${path}.dvc` : null
    trackers.set(path, file)
    return file
  }
  for (const stage of stages.values())
    for (const { path } of stage.outs) {
      const out = fromRoot(stage, path)
      for (const place of [...parents(out), out]) {
        const file = trackerOf(place)
        if (file === null) continue
        throw datasetErrors.DATASET_OVERLAPS({
          detail: `${out} of "${stage.address}" and ${place} of ${file}`,
          path: `${stage.file} stages.${stage.name}`,
          next: `Give the stage another output, or stop tracking the data with \`ratchet remove ${file}\`.`,
        })
      }
    }
}

function tracks(root: string, path: string): boolean {
  const file = join(root, `${path}.dvc`)
  if (!existsSync(file)) return false
  const document = parseYaml(readFileSync(file, 'utf8'), `${path}.dvc`)
  const outs = isYamlMap(document) ? document.get('outs') : null
  const name = path.slice(path.lastIndexOf('/') + 1)
  return Array.isArray(outs) && outs.some((out) => isYamlMap(out) && out.get('path') === name)
}
