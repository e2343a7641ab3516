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
import { outsWithDeps } from './data-with-deps.ts'

interface Committed {
  readonly data: readonly AddedDataset[]
  readonly stages: readonly CommittedStage[]
}

type Options = NonNullable<Parameters<typeof commitDatasets>[2]> & {
  /** With a stage also all that it depends on. */
  readonly withDeps?: boolean | undefined
}

/** `commit` of data and of stages: what their `.dvc` files and dvc.lock say is what is here now. */
export async function commitAll(
  project: DataProject,
  targets: readonly string[],
  { withDeps = false, ...options }: Options,
): Promise<Committed> {
  const { signal } = options
  if (targets.length === 0)
    return {
      data: await commitDatasets(project, [], options),
      stages: await commitStages(project, null, { signal }),
    }
  const { stages, outs, others } = splitTargets(project.root, targets)
  const sources = withDeps ? await sourcesOf(project, targets) : []
  const data = [...new Set([...others, ...sources])]
  return {
    data: data.length === 0 ? [] : await commitDatasets(project, data, options),
    stages:
      stages.length === 0 ? [] : await commitStages(project, stages, { signal, withDeps, outs }),
  }
}

/** The `.dvc` files of what the targets depend on, back to the first. */
async function sourcesOf(
  project: DataProject,
  targets: readonly string[],
): Promise<readonly string[]> {
  const outs = await outsWithDeps(project, targets)
  return outs.map(({ declaredBy }) => declaredBy).filter((name) => name.endsWith('.dvc'))
}

export function printCommitted(stages: readonly CommittedStage[]): readonly string[] {
  return stages.map(({ stage, changed }) => `${changed ? 'committed' : 'unchanged'}: ${stage}`)
}
