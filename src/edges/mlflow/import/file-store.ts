import { dirname, join } from 'node:path'
import type { NewMetric } from '../../../capabilities/tracking/index.ts'
import { errorMessage } from '../../../base/errors.ts'
import { readFileLoggedModels } from './file-logged-models.ts'
import { readFileModels, readFileVersions } from './file-registry.ts'
import { readFileRun } from './file-run.ts'
import {
  foldersOf,
  keyFiles,
  lifecycleOf,
  numberOf,
  readMeta,
  requireSame,
  textOf,
  valueFiles,
} from './meta-file.ts'
import { linesOf, parseMetricLine } from './metric-lines.ts'
import type { Guarded, MlflowSource, Skip, SourceExperiment, SourceRun } from './source.ts'

const METRICS_IN_A_PIECE = 2000
const NO_RUNS = new Set(['models', 'datasets', 'tags', 'traces', '.trash'])

/** An `mlruns` folder, as MLflow's file store has written it since 2.0. Only what lies in the tree itself is read. */
export function openFileStore(root: string, skip: Skip): MlflowSource {
  const folders = new Map<string, string>()
  const trash = join(root, '.trash')
  for (const parent of [root, trash])
    for (const name of foldersOf(parent))
      if (!NO_RUNS.has(name)) folders.set(name, join(parent, name))
  const folderOf = (id: string): string => folders.get(id) ?? ''
  const guarded: Guarded = (kind, id, read) => {
    try {
      return read()
    } catch (error) {
      skip({ kind, id, reason: errorMessage(error), fault: true })
      return null
    }
  }
  return {
    title: `file store ${root}`,
    countRuns: async () =>
      [...folders.values()].reduce((count, folder) => count + runFolders(folder).length, 0),
    experiments: async function* () {
      for (const [id, folder] of folders) {
        const experiment = guarded('experiments', id, () => readExperiment(id, folder))
        // Older versions move the folder and leave its meta.yaml as it was.
        const isDeleted = dirname(folder) === trash
        if (experiment !== null)
          yield isDeleted ? { ...experiment, lifecycle: 'deleted' } : experiment
        skipTraces(folder, id, skip)
      }
    },
    runs: async function* (experimentId) {
      const folder = folderOf(experimentId)
      for (const name of runFolders(folder)) {
        const run = guarded('runs', name, () => readFileRun(folder, experimentId, name))
        if (run !== null) yield run
      }
    },
    metrics: (run) => readMetrics(join(folderOf(run.experimentId), run.id, 'metrics'), run, skip),
    loggedModels: (id) => readFileLoggedModels(folderOf(id), id, guarded),
    models: () => readFileModels(join(root, 'models'), guarded),
    versions: (model) => readFileVersions(join(root, 'models', model.key), model, guarded),
    close: async () => {},
  }
}

/** Whether a folder looks like a file store. */
export function isFileStore(root: string): boolean {
  return [root, join(root, '.trash')].some((parent) =>
    foldersOf(parent).some((name) => !NO_RUNS.has(name) && hasExperiment(join(parent, name))),
  )
}

function hasExperiment(folder: string): boolean {
  try {
    return readMeta(folder)?.has('experiment_id') === true
  } catch {
    return false
  }
}

function runFolders(folder: string): readonly string[] {
  return foldersOf(folder).filter((name) => !NO_RUNS.has(name))
}

function readExperiment(id: string, folder: string): SourceExperiment | null {
  const meta = readMeta(folder)
  if (meta === null || !meta.has('experiment_id')) return null
  requireSame('experiment_id', textOf(meta, 'experiment_id'), id)
  const createdAt = numberOf(meta, 'creation_time') ?? 0
  return {
    id,
    name: textOf(meta, 'name') ?? id,
    artifactLocation: textOf(meta, 'artifact_location') ?? '',
    lifecycle: lifecycleOf(meta),
    createdAt,
    updatedAt: numberOf(meta, 'last_update_time') ?? createdAt,
    tags: valueFiles(join(folder, 'tags')),
  }
}

function skipTraces(folder: string, id: string, skip: Skip): void {
  const count = foldersOf(join(folder, 'traces')).length
  if (count > 0)
    skip({ kind: 'traces', id, count, fault: false, reason: 'traces are not taken over' })
}

async function* readMetrics(
  folder: string,
  run: SourceRun,
  skip: Skip,
): AsyncIterable<readonly NewMetric[]> {
  let piece: NewMetric[] = []
  for (const { key, file } of keyFiles(folder)) {
    let broken = 0
    for await (const line of linesOf(file)) {
      const metric = parseMetricLine(key, line)
      if (metric === null) broken += 1
      else piece.push(metric)
      if (piece.length < METRICS_IN_A_PIECE) continue
      yield piece
      piece = []
    }
    const reason = `lines that are no metric in ${file}`
    if (broken > 0) skip({ kind: 'metrics', id: run.id, count: broken, reason, fault: true })
  }
  if (piece.length > 0) yield piece
}
