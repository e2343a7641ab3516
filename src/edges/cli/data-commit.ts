import {
  type AddedDataset,
  commitDatasets,
  type DataProject,
} from '../../capabilities/datasets/index.ts'
import {
  type CommittedStage,
  commitStages,
  splitTargets,
} from '../../capabilities/pipelines/index.ts'

interface Committed {
  readonly data: readonly AddedDataset[]
  readonly stages: readonly CommittedStage[]
}

type Options = NonNullable<Parameters<typeof commitDatasets>[2]>

/** `commit` of data and of stages: what their `.dvc` files and dvc.lock say is what is here now. */
export async function commitAll(
  project: DataProject,
  targets: readonly string[],
  options: Options,
): Promise<Committed> {
  const { signal } = options
  if (targets.length === 0)
    return {
      data: await commitDatasets(project, [], options),
      stages: await commitStages(project, null, { signal }),
    }
  const { stages, others } = splitTargets(project.root, targets)
  return {
    data: others.length === 0 ? [] : await commitDatasets(project, others, options),
    stages: stages.length === 0 ? [] : await commitStages(project, stages, { signal }),
  }
}

export function printCommitted(stages: readonly CommittedStage[]): readonly string[] {
  return stages.map(({ stage, changed }) => `${changed ? 'committed' : 'unchanged'}: ${stage}`)
}
