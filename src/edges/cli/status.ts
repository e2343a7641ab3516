import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import {
  cloudStatus,
  type DataProject,
  datasetStatus,
  type DatasetStatus,
  findProjectFiles,
  revisionOuts,
} from '../../capabilities/datasets/index.ts'
import type { StatusRequest } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, withDataProject } from './data-project.ts'
import { named, printStatus } from './datasets.ts'
import { cliErrors } from './errors.ts'
import { namesHere } from './names-here.ts'
import { statusChanges, statusDocument, statusLines } from './status-document.ts'
import { tableLines } from './table.ts'
import { watchFaults } from './watch-faults.ts'

export interface StatusAsked {
  readonly cloud?: boolean
  readonly remote?: string
  readonly jobs?: number
  readonly quiet?: boolean
  readonly explain?: boolean
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly allCommits?: boolean
  readonly withDeps?: boolean
  readonly recursive?: boolean
}

/**
 * What changed in data and stages, in DVC's words and from what to what, then one line a model of the loop; each part as
 * far as it is here. Of targets it says no more than what was asked. `explain` says also what `repro` would do.
 */
export async function showStatus(
  context: CliContext,
  targets: readonly string[],
  asked: StatusAsked,
): Promise<void> {
  if (asked.cloud === true || asked.remote !== undefined)
    return showCloudStatus(context, targets, asked)
  refuseForCloud(asked)
  const meant = await withDataProject(context, (project) =>
    meaning(context, project, targets, asked),
  )
  if (asked.explain === true) return explain(context, meant, targets.length === 0)
  const changes = await changesOf(context, meant)
  const isEmpty = changes.size === 0
  if (asked.quiet === true) return context.setExitCode(isEmpty ? 0 : 1)
  context.answer(statusDocument(changes), [
    ...(isEmpty ? [meant.isNothing ? NOTHING_TRACKED : UP_TO_DATE] : statusLines(changes)),
    ...(targets.length === 0 && !context.wantsJson ? await loopLines(context) : []),
  ])
}

const UP_TO_DATE = 'Data and pipelines are up to date.'
const NOTHING_TRACKED = 'There are no data or pipelines tracked in this project yet.'

function refuseForCloud({ allBranches, allTags, allCommits, jobs }: StatusAsked): void {
  const asked = [
    [allBranches, '--all-branches'],
    [allTags, '--all-tags'],
    [allCommits, '--all-commits'],
    [jobs, '--jobs'],
  ] as const
  const [first] = asked.flatMap(([value, name]) => (value === undefined ? [] : [name]))
  if (first !== undefined)
    throw cliErrors.CLI_USAGE({ detail: `${first} is for the remote: add --cloud` })
}

/** What targets stand for; null is none of the kind. */
interface Meaning {
  readonly data: readonly DatasetStatus[] | null
  readonly stages: StatusRequest | null
  readonly isNothing: boolean
}

async function meaning(
  context: CliContext,
  project: DataProject,
  targets: readonly string[],
  { withDeps, recursive }: StatusAsked,
): Promise<Meaning> {
  if (!existsSync(join(project.root, '.dvc'))) return { data: null, stages: null, isNothing: true }
  if (targets.length === 0) {
    const files = findProjectFiles(project)
    return {
      data: await datasetStatus(project),
      stages: files.pipelines.length === 0 ? null : { allPipelines: true },
      isNothing: files.pipelines.length + files.dvcFiles.length === 0,
    }
  }
  const { splitTargets } = await import('../../capabilities/pipelines/index.ts')
  const all = named(context, project, targets)
  const names = recursive === true ? all.flatMap((name) => below(project, name)) : all
  const { stages, others } = splitTargets(project.root, names)
  const request = { targets: stages, single: withDeps !== true }
  return {
    data: others.length === 0 ? null : await datasetStatus(project, others),
    stages: stages.length === 0 ? null : request,
    isNothing: false,
  }
}

// A folder stands for all that is tracked below it.
function below(project: DataProject, name: string): readonly string[] {
  const folder = posix.normalize(name).replace(/\/$/, '')
  const { dvcFiles, pipelines } = findProjectFiles(project)
  const inside = [...dvcFiles, ...pipelines].filter(
    (file) => folder === '.' || file.startsWith(`${folder}/`),
  )
  return inside.length > 0 ? inside : [name]
}

async function changesOf(context: CliContext, { data, stages }: Meaning) {
  const place = { root: context.dataRoot(), stateDir: context.stateDir() }
  const changes = stages === null ? [] : await changesOfStages(place, stages)
  return statusChanges(changes, data ?? [], namesHere(context))
}

// Where there are no stages, what knows of them is not loaded.
async function changesOfStages(
  place: { readonly root: string; readonly stateDir: string },
  request: StatusRequest,
) {
  const { pipelineChanges } = await import('../../capabilities/pipelines/index.ts')
  return pipelineChanges(place, request)
}

async function explain(
  context: CliContext,
  { data, stages: request }: Meaning,
  isWhole: boolean,
): Promise<void> {
  const { pipelineStatus } = await import('../../capabilities/pipelines/index.ts')
  const { printStageStatus } = await import('./pipelines-print.ts')
  const place = { root: context.dataRoot(), stateDir: context.stateDir() }
  const stages = request === null ? null : await pipelineStatus(place, request)
  const models = isWhole ? await modelsOf(context) : null
  const blind = models === null ? [] : await watchFaults(context)
  context.answer(asJson({ data, stages, models, watch_faults: blind }), [
    ...(data === null ? [] : printStatus(data)),
    ...(stages === null ? [] : printStageStatus(stages)),
    ...(isWhole ? modelsAnswer(models) : []),
    ...blind,
  ])
}

async function showCloudStatus(
  context: CliContext,
  targets: readonly string[],
  asked: StatusAsked,
): Promise<void> {
  const { remote, quiet } = asked
  const { found, name } = await withDataProject(context, async (project) => ({
    found: await cloudStatus(
      project,
      named(context, project, targets),
      await cloudOptions(context, project, targets, asked),
    ),
    name: remote ?? project.settings.get('core')?.get('remote')?.text ?? '',
  }))
  if (quiet === true) return context.setExitCode(found.length > 0 ? 1 : 0)
  const here = namesHere(context)
  const json = Object.fromEntries(found.map(({ path, state }) => [here(path), state]))
  // DVC's own lines: indented when the cloud was asked for by name.
  const indent = asked.cloud === true ? '\t' : ''
  const lines = Object.entries(json).map(
    ([path, state]) => `${indent}${`${state}:`.padEnd(20)}${path}`,
  )
  context.answer(json, lines.length > 0 ? lines : [`Cache and remote '${name}' are in sync.`])
}

async function cloudOptions(
  { signal }: CliContext,
  project: DataProject,
  targets: readonly string[],
  { remote, jobs, recursive, withDeps, allBranches, allTags, allCommits }: StatusAsked,
) {
  const { outsWithDeps, readStageOuts } = await import('./data-with-deps.ts')
  const asksHistory = allBranches === true || allTags === true || allCommits === true
  const scope = { workspace: true, allBranches, allTags, allCommits }
  const outs = asksHistory
    ? await revisionOuts(project, scope, readStageOuts)
    : withDeps === true && targets.length > 0
      ? await outsWithDeps(project, targets)
      : undefined
  return { remote, jobs, signal, recursive, readStageOuts, outs }
}

/** One line a model where there is a loop. */
async function loopLines(context: CliContext): Promise<readonly string[]> {
  if (!existsSync(join(context.dataRoot(), 'ratchet.yaml'))) return []
  const models = await modelsOf(context)
  return [...modelsAnswer(models), ...(models === null ? [] : await watchFaults(context))]
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

function modelsAnswer(models: readonly JsonObject[] | null): readonly string[] {
  if (models === null) return ['Ratchet does not run here: `ratchet up` starts the loop.']
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
