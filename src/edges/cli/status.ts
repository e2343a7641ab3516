import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import {
  cloudStatus,
  datasetStatus,
  type DatasetStatus,
  findProjectFiles,
  openDataProject,
} from '../../capabilities/datasets/index.ts'
import type { StageStatus } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, withDataProject } from './data-project.ts'
import { named, printStatus } from './datasets.ts'
import { tableLines } from './table.ts'
import { watchFaults } from './watch-faults.ts'

export interface StatusAsked {
  readonly cloud?: boolean
  readonly remote?: string
  readonly jobs?: number
  readonly quiet?: boolean
}

/**
 * What changed in data and stages, then one line a model of the loop; each part as far as it is here. Of targets it says
 * no more than what was asked.
 */
export async function showStatus(
  context: CliContext,
  targets: readonly string[],
  asked: StatusAsked,
): Promise<void> {
  if (asked.cloud === true || asked.remote !== undefined)
    return showCloudStatus(context, targets, asked)
  if (targets.length > 0) return showTargets(context, targets, asked)
  const root = context.dataRoot()
  const data = await dataOf(context, root)
  const stages = await stagesOf(context, root)
  const models = await modelsOf(context)
  const blind = models === null || asked.quiet === true ? [] : await watchFaults(context)
  if (asked.quiet === true) return context.setExitCode(isChanged(data, stages) ? 1 : 0)
  const json = asJson({ data, stages, models, watch_faults: blind })
  context.answer(json, [
    ...(data === null ? [] : printStatus(data)),
    ...(stages === null ? [] : await stageLines(stages)),
    ...(models === null
      ? ['Ratchet does not run here: `ratchet up` starts the loop.']
      : modelLines(models)),
    ...blind,
  ])
}

function isChanged(
  data: readonly DatasetStatus[] | null,
  stages: readonly StageStatus[] | null,
): boolean {
  return (
    data?.some(({ state }) => state !== 'unchanged') === true ||
    stages?.some(({ action }) => action !== 'skip') === true
  )
}

async function showTargets(
  context: CliContext,
  targets: readonly string[],
  { quiet }: StatusAsked,
): Promise<void> {
  const { pipelineStatus, splitTargets } = await import('../../capabilities/pipelines/index.ts')
  const { data, stages } = await withDataProject(context, async (project) => {
    const { root, stateDir } = project
    const meant = splitTargets(root, named(context, project, targets))
    const request = { targets: meant.stages, single: true }
    return {
      data: meant.others.length === 0 ? [] : await datasetStatus(project, meant.others),
      stages: meant.stages.length === 0 ? [] : await pipelineStatus({ root, stateDir }, request),
    }
  })
  if (quiet === true) return context.setExitCode(isChanged(data, stages) ? 1 : 0)
  context.answer(asJson({ data, stages }), [
    ...(data.length === 0 ? [] : printStatus(data)),
    ...(stages.length === 0 ? [] : await stageLines(stages)),
  ])
}

async function showCloudStatus(
  context: CliContext,
  targets: readonly string[],
  asked: StatusAsked,
): Promise<void> {
  const { remote, jobs, quiet } = asked
  const { signal } = context
  const { readStageOuts } = await import('../../capabilities/pipelines/index.ts')
  const { found, name } = await withDataProject(context, async (project) => ({
    found: await cloudStatus(project, named(context, project, targets), {
      remote,
      jobs,
      signal,
      readStageOuts,
    }),
    name: remote ?? project.settings.get('core')?.get('remote')?.text ?? '',
  }))
  if (quiet === true) return context.setExitCode(found.length > 0 ? 1 : 0)
  // DVC's own lines.
  const lines = found.map(({ path, state }) => `\t${`${state}:`.padEnd(20)}${path}`)
  const json = Object.fromEntries(found.map(({ path, state }) => [path, state]))
  context.answer(json, lines.length > 0 ? lines : [`Cache and remote '${name}' are in sync.`])
}

async function dataOf(context: CliContext, root: string): Promise<readonly DatasetStatus[] | null> {
  if (!existsSync(join(root, '.dvc'))) return null
  const project = openDataProject(root, { stateDir: context.stateDir() })
  try {
    return await datasetStatus(project)
  } finally {
    project.close()
  }
}

async function stagesOf(context: CliContext, root: string): Promise<readonly StageStatus[] | null> {
  const stateDir = context.stateDir()
  if (!existsSync(join(root, '.dvc')) || !declaresStages(root, stateDir)) return null
  const { pipelineStatus } = await import('../../capabilities/pipelines/index.ts')
  return pipelineStatus({ root, stateDir }, { allPipelines: true })
}

function declaresStages(root: string, stateDir: string): boolean {
  if (existsSync(join(root, 'dvc.yaml'))) return true
  const project = openDataProject(root, { stateDir })
  try {
    return findProjectFiles(project).pipelines.length > 0
  } finally {
    project.close()
  }
}

// Where there are no stages, what knows of them is not loaded.
async function stageLines(stages: readonly StageStatus[]): Promise<readonly string[]> {
  const { printStageStatus } = await import('./pipelines-print.ts')
  return printStageStatus(stages)
}

/** Null when no control plane runs here: data and stages can be looked at without one. */
async function modelsOf(context: CliContext): Promise<readonly JsonObject[] | null> {
  try {
    const { items } = await context.api().get('/models')
    return items as readonly JsonObject[]
  } catch (error) {
    if (error instanceof RatchetError && error.exit === 69) return null
    throw error
  }
}

function modelLines(models: readonly JsonObject[]): readonly string[] {
  if (models.length === 0) return ['No model is declared in ratchet.yaml.']
  return tableLines(models.map(modelRow))
}

function modelRow(model: JsonObject): readonly string[] {
  const champion = model.champion as JsonObject | null
  const decision = model.last_decision as JsonObject | null
  return [
    String(model.name),
    champion === null ? 'no champion' : `v${String(champion.version)}`,
    String((model.drift as JsonObject | null)?.state ?? ''),
    decision === null ? '' : String(decision.sentence),
  ]
}
