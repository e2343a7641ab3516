import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { FinishedTraining } from '../automation/challenger.ts'
import type { TrainPolicy } from '../automation/schema.ts'
import { DAY_MS, parseTime } from '../base/time.ts'
import {
  cachePath,
  type DataProject,
  isCached,
  openDataProject,
  readDvcFile,
  readGitHead,
} from '../capabilities/datasets/index.ts'
import { findRun, listStages } from '../capabilities/pipelines/index.ts'
import type { RatchetEvent } from '../events/index.ts'
import type { Foundation } from './foundation.ts'

/** What the registry keeps of how a version came to be. */
export type VersionFacts = Omit<FinishedTraining, 'runId' | 'model' | 'modelPath'>

/** The training that `pipelines.finished` tells of: its output out of the cache, which no later run overwrites. */
export async function trainingOf(
  foundation: Foundation,
  event: RatchetEvent,
): Promise<FinishedTraining | null> {
  const { query } = foundation.database
  const run = await findRun(query, String(event.data.run_id))
  const train = run === null ? undefined : foundation.project.models[run.model]?.train
  if (run === null || train === undefined) return null
  const output = run.outputs.find(({ path }) => path === train.model)
  const inputs = (await listStages(query, run.id)).flatMap((stage) => stage.inputs)
  const file = withProject(foundation, (project) =>
    output !== undefined && isCached(project, output.md5)
      ? cachePath(project, output.md5)
      : join(foundation.projectRoot, train.model),
  )
  return {
    runId: run.id,
    model: run.model,
    modelPath: file,
    dataMd5: inputs.find(({ path }) => path === train.data)?.md5 ?? null,
    gitCommit: run.commit,
    ...trainedOn(train, run.params[train.until_param ?? '']),
  }
}

/** The same of a file that somebody trained by hand and registers now, as far as the project's files tell. */
export async function factsOfWorkspace(
  foundation: Foundation,
  train: TrainPolicy,
): Promise<VersionFacts> {
  const head = await readGitHead(foundation.projectRoot)
  const versioned = existsSync(join(foundation.projectRoot, '.dvc'))
  const dataMd5 = versioned
    ? withProject(foundation, (project) => trackedMd5(project, train.data))
    : null
  const until = readParam(foundation.projectRoot, train.until_param)
  return { dataMd5, gitCommit: head?.commit ?? null, ...trainedOn(train, until) }
}

function withProject<T>(
  { projectRoot, stateDir }: Foundation,
  look: (project: DataProject) => T,
): T {
  const project = openDataProject(projectRoot, { stateDir })
  try {
    return look(project)
  } finally {
    project.close()
  }
}

function trackedMd5(project: DataProject, path: string): string | null {
  const file = `${path}.dvc`
  // Data that nobody versions has no hash to tell.
  return existsSync(join(project.root, file))
    ? (readDvcFile(project, file).hash?.md5 ?? null)
    : null
}

function trainedOn(
  train: TrainPolicy,
  until: unknown,
): Pick<VersionFacts, 'trainFrom' | 'trainUntil'> {
  const last = typeof until === 'string' ? parseTime(until) : null
  if (last === null) return { trainFrom: null, trainUntil: null }
  const trainUntil = last + DAY_MS
  return { trainUntil, trainFrom: train.window === 'full' ? null : trainUntil - train.window.last }
}

function readParam(root: string, key: string | undefined): unknown {
  if (key === undefined) return undefined
  try {
    const params: unknown = parse(readFileSync(join(root, 'params.yaml'), 'utf8'))
    return key
      .split('.')
      .reduce<unknown>(
        (value, part) => (value as Record<string, unknown> | undefined)?.[part],
        params,
      )
  } catch {
    return undefined
  }
}
