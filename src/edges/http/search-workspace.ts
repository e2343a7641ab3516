import { selectOuts } from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { SearchResults } from './contract.ts'
import { withData } from './data-sets.ts'
import type { ApiDeps } from './deps.ts'
import { declaredStages } from './pipeline-graph.ts'

type Found = SearchResults['items'][number]
type Deps = Pick<ApiDeps, 'workspace'>

/** Stages and data of the workspace whose name, path or hash matches; the text is in small letters. */
export async function searchWorkspace(deps: Deps, text: string): Promise<readonly Found[]> {
  // A dvc.yaml that cannot be read is told on its own page; here it hides nothing else.
  const [stages, data] = await Promise.all([
    findStages(deps, text).catch(() => []),
    findData(deps, text).catch(() => []),
  ])
  return [...data, ...stages]
}

async function findStages({ workspace: { root } }: Deps, text: string): Promise<readonly Found[]> {
  return [...declaredStages(root).values()]
    .filter(({ address, desc }) => `${address} ${desc ?? ''}`.toLowerCase().includes(text))
    .map(({ address, desc }) => ({
      title: address,
      detail: desc === null ? 'stage' : `stage: ${desc}`,
      link: { page: 'stage', id: address, label: 'stage' },
    }))
}

async function findData(deps: Deps, text: string): Promise<readonly Found[]> {
  const outs = await withData(deps, (project) => selectOuts(project, [], { readStageOuts }))
  return (outs ?? [])
    .filter(({ path, hash }) => `${path} ${hash?.md5 ?? ''}`.toLowerCase().includes(text))
    .map(({ path, declaredBy }) => ({
      title: path,
      detail: declaredBy.endsWith('.dvc') ? 'data set' : `data of ${declaredBy}`,
      link: { page: 'data', id: path, label: 'data' },
    }))
}
