import { join } from 'node:path'
import {
  type DatasetInput,
  type ModelLink,
  RUN_STATUSES,
  type RunStatus,
} from '../../../capabilities/tracking/index.ts'
import {
  foldersOf,
  lifecycleOf,
  type Meta,
  numberOf,
  readMeta,
  requireSame,
  textOf,
  valueFiles,
  valuesOf,
} from './meta-file.ts'
import type { SourceRun } from './source.ts'

/** One run of a file store; `null` for a folder that is none. @throws Error that says what is wrong with it */
export function readFileRun(
  experiment: string,
  experimentId: string,
  id: string,
): SourceRun | null {
  const folder = join(experiment, id)
  const meta = readMeta(folder)
  if (meta === null) return null
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(id)) throw new Error('the name of the folder is no run id')
  requireSame('run_id', textOf(meta, 'run_id') ?? textOf(meta, 'run_uuid'), id)
  requireSame('experiment_id', textOf(meta, 'experiment_id'), experimentId)
  const tags = valueFiles(join(folder, 'tags'))
  const named = tags.find(({ key }) => key === 'mlflow.runName')?.value
  return {
    id,
    experimentId,
    name: textOf(meta, 'run_name') ?? textOf(meta, 'name') ?? named ?? '',
    userId: textOf(meta, 'user_id') ?? '',
    status: statusOf(meta),
    startTime: numberOf(meta, 'start_time') ?? 0,
    endTime: numberOf(meta, 'end_time'),
    lifecycle: lifecycleOf(meta),
    artifactUri: textOf(meta, 'artifact_uri') ?? '',
    params: valueFiles(join(folder, 'params')),
    tags,
    datasets: readDatasets(experiment, join(folder, 'inputs')),
    ...readLinks(folder),
  }
}

// Numbers of the protocol: mlflow/protos/service.proto, enum RunStatus.
function statusOf(meta: Meta): RunStatus {
  const said = textOf(meta, 'status')
  return (
    RUN_STATUSES.find((status, index) => said === status || said === String(index + 1)) ?? 'FAILED'
  )
}

function readDatasets(experiment: string, folder: string): readonly DatasetInput[] {
  return foldersOf(folder).flatMap((name) => {
    const input = readMeta(join(folder, name))
    const id = input === null ? null : textOf(input, 'source_id')
    if (input === null || id === null || textOf(input, 'source_type') !== 'DATASET') return []
    if (!/^[\w-]+$/.test(id))
      throw new Error(`the data set ${JSON.stringify(id)} is no name of a folder`)
    const data = readMeta(join(experiment, 'datasets', id))
    if (data === null) return []
    const dataset = {
      name: textOf(data, 'name') ?? '',
      digest: textOf(data, 'digest') ?? '',
      sourceType: textOf(data, 'source_type') ?? '',
      source: textOf(data, 'source') ?? '',
      schema: textOf(data, 'schema'),
      profile: textOf(data, 'profile'),
    }
    return [{ dataset, tags: valuesOf(input, 'tags') }]
  })
}

function readLinks(folder: string): Pick<SourceRun, 'modelInputs' | 'modelOutputs'> {
  const links = (side: 'inputs' | 'outputs', type: string): readonly ModelLink[] =>
    foldersOf(join(folder, side)).flatMap((name) => {
      const meta = readMeta(join(folder, side, name))
      const modelId = meta === null ? null : textOf(meta, 'destination_id')
      if (meta === null || modelId === null || textOf(meta, 'destination_type') !== type) return []
      return [{ modelId, step: numberOf(meta, 'step') ?? 0 }]
    })
  return {
    modelInputs: links('inputs', 'MODEL_INPUT'),
    modelOutputs: links('outputs', 'MODEL_OUTPUT'),
  }
}
