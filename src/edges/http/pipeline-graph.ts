import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import {
  datasetStatus,
  type DatasetStatus,
  openDataProject,
} from '../../capabilities/datasets/index.ts'
import {
  listRuns,
  listStages,
  pipelineFiles,
  pipelineStatus,
  readDag,
  readPipeline,
  reasonText,
  type Stage,
  type StageStatus,
} from '../../capabilities/pipelines/index.ts'
import type { NodeState, PipelineGraph, PipelineNode, StageMoment } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { toStageChange } from './stage-change.ts'

type Deps = Pick<ApiDeps, 'database' | 'project' | 'workspace'>

const RECENT_RUNS = 12

export function registerPipelineGraph(app: FastifyInstance, deps: Deps): void {
  // Several pages that ask at once wait for one look: it may hash what changed.
  let looking: Promise<PipelineGraph> | undefined
  handle(app, operations.pipelineGraph, () => {
    looking ??= readGraph(deps).finally(() => {
      looking = undefined
    })
    return looking
  })
}

async function readGraph(deps: Deps): Promise<PipelineGraph> {
  const { root, stateDir } = deps.workspace
  const models = Object.entries(deps.project().models).flatMap(([name, { train }]) =>
    train === undefined ? [] : [{ name, stage: train.stage }],
  )
  const stages = declaredStages(root)
  if (stages.size === 0) return { nodes: [], edges: [], models }
  const { nodes, edges } = readDag(root, { targets: [], folder: '', outs: false, full: false })
  const recent = await recentMoments(deps)
  const statuses = new Map((await pipelineStatus(deps.workspace)).map((one) => [one.stage, one]))
  const data = new Map((await sources(root, stateDir)).map((one) => [one.file, one]))
  const used = new Set(edges.flat())
  return {
    models,
    edges: edges.map(([from, to]) => ({ from, to })),
    nodes: nodes.flatMap((id): readonly PipelineNode[] => {
      const stage = stages.get(id)
      if (stage !== undefined) return [stageNode(stage, statuses.get(id), recent.get(id) ?? [])]
      return used.has(id) ? [dataNode(id, data.get(id))] : []
    }),
  }
}

/** None where nothing is declared yet: that is no fault, and the page says what to do. */
export function declaredStages(root: string): ReadonlyMap<string, Stage> {
  if (!existsSync(join(root, '.dvc')) || pipelineFiles(root).length === 0) return new Map()
  return readPipeline(root)
}

async function sources(root: string, stateDir: string): Promise<readonly DatasetStatus[]> {
  const project = openDataProject(root, { stateDir })
  try {
    return await datasetStatus(project)
  } finally {
    project.close()
  }
}

/** How each stage ended in the newest runs. */
async function recentMoments({ database: { query } }: Deps) {
  const moments = new Map<string, StageMoment[]>()
  for (const run of await listRuns(query, { limit: RECENT_RUNS }))
    for (const { stage, runId, state, startedAt, durationMs } of await listStages(query, run.id)) {
      const known = moments.get(stage) ?? []
      known.push({ run_id: runId, state, at: toIso(startedAt), duration_ms: durationMs })
      moments.set(stage, known)
    }
  return moments
}

const NO_STAGE = { command: null, description: null, group: null, frozen: false } as const
const NO_LISTS = { changes: [], deps: [], outs: [], params: [], recent: [] } as const

function stageNode(
  stage: Stage,
  status: StageStatus | undefined,
  recent: readonly StageMoment[],
): PipelineNode {
  return {
    id: stage.address,
    kind: 'stage',
    ...(status === undefined ? NOT_SAID : standing(status)),
    changes: status?.reasons.map(toStageChange) ?? [],
    command: typeof stage.cmd === 'string' ? stage.cmd : stage.cmd.join('\n'),
    description: stage.desc,
    group: stage.group,
    frozen: stage.frozen,
    deps: stage.deps,
    outs: stage.outs.map(({ path }) => path),
    params: stage.params.flatMap(({ file, keys }) =>
      keys === null ? [file] : keys.map((key) => `${file}:${key}`),
    ),
    recent,
  }
}

const NOT_SAID = { state: 'blocked' as const, sentence: 'It cannot be said how it stands.' }

function standing(status: StageStatus): { readonly state: NodeState; readonly sentence: string } {
  const { action, reasons, after, error } = status
  const [first] = reasons
  const more = reasons.length > 1 ? `, and ${reasons.length - 1} more` : ''
  const why = first === undefined ? '' : `: ${reasonText(first)}${more}`
  const waits = {
    state: 'waits' as const,
    sentence: `It is looked at again after ${after.join(', ')}.`,
  }
  switch (action) {
    case 'run':
      return { state: 'runs', sentence: `It would run${why}.` }
    case 'restore':
      return { state: 'restores', sentence: `Its outputs would come from the cache${why}.` }
    case 'blocked':
      // What it lacks may be what a stage before it is about to bring.
      return after.length > 0
        ? waits
        : { state: 'blocked', sentence: error?.detail ?? NOT_SAID.sentence }
    case 'skip':
      return after.length > 0
        ? waits
        : { state: 'current', sentence: 'Nothing changed since it last ran.' }
  }
}

function dataNode(file: string, status: DatasetStatus | undefined): PipelineNode {
  const path = status?.path ?? file.replace(/\.dvc$/, '')
  return { id: file, kind: 'data', ...NO_STAGE, ...NO_LISTS, outs: [path], ...dataStanding(status) }
}

function dataStanding(status: DatasetStatus | undefined) {
  switch (status?.state) {
    case undefined:
    case 'unchanged':
      return { state: 'current' as const, sentence: 'It is as its version says.' }
    case 'deleted':
      return { state: 'deleted' as const, sentence: 'It is not in the workspace.' }
    case 'modified':
    case 'not_hashed':
      return { state: 'modified' as const, sentence: 'It is not what its version says.' }
  }
}
