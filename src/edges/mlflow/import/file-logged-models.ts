import { join } from 'node:path'
import { LOGGED_MODEL_STATUSES } from '../../../capabilities/tracking/index.ts'
import {
  foldersOf,
  keyFiles,
  lifecycleOf,
  numberOf,
  readMeta,
  readText,
  requireSame,
  textOf,
  valueFiles,
} from './meta-file.ts'
import { parseModelMetricLine } from './metric-lines.ts'
import type { Guarded, SourceLoggedModel } from './source.ts'

/** The logged models of an experiment's folder: MLflow 3 keeps them beside the runs. */
export async function* readFileLoggedModels(
  experiment: string,
  experimentId: string,
  guarded: Guarded,
): AsyncIterable<SourceLoggedModel> {
  for (const id of foldersOf(join(experiment, 'models'))) {
    const folder = join(experiment, 'models', id)
    const model = guarded('logged models', id, () => readModel(folder, experimentId, id))
    if (model !== null) yield model
  }
}

function readModel(folder: string, experimentId: string, id: string): SourceLoggedModel | null {
  const meta = readMeta(folder)
  if (meta === null) return null
  if (!/^m-[\w-]{1,255}$/.test(id)) throw new Error('the name of the folder is no model id')
  requireSame('model_id', textOf(meta, 'model_id'), id)
  const createdAt = numberOf(meta, 'creation_timestamp') ?? 0
  return {
    id,
    experimentId,
    name: textOf(meta, 'name') ?? id,
    artifactUri: textOf(meta, 'artifact_location') ?? '',
    // Numbers of the protocol: 1 is pending.
    status: LOGGED_MODEL_STATUSES[(numberOf(meta, 'status') ?? 1) - 1] ?? 'PENDING',
    modelType: textOf(meta, 'model_type'),
    sourceRunId: textOf(meta, 'source_run_id'),
    createdAt,
    updatedAt: numberOf(meta, 'last_updated_timestamp') ?? createdAt,
    isDeleted: lifecycleOf(meta) === 'deleted',
    params: valueFiles(join(folder, 'params')),
    tags: valueFiles(join(folder, 'tags')),
    metrics: readMetrics(join(folder, 'metrics')),
  }
}

// What was measured of one model: a few lines, not a training's history.
function readMetrics(folder: string): SourceLoggedModel['metrics'] {
  return keyFiles(folder).flatMap(({ key, file }) =>
    readText(file)
      .split('\n')
      .map((line) => parseModelMetricLine(key, line))
      .filter((metric) => metric !== null),
  )
}
