import { type DataProject, findDvcFiles, readDvcFile } from '../datasets/index.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { selectTargets } from './plan.ts'
import type { StageOut } from './schema.ts'

export interface ListedStage {
  /** Of a `.dvc` file its path, from the root. */
  readonly stage: string
  readonly description: string
}

export interface StageListRequest {
  readonly targets: readonly string[]
  /** Where the targets are seen from, from the root. */
  readonly folder: string
  /** Of every dvc.yaml, and `.dvc` files. */
  readonly all: boolean
}

/** Stages and what they are for, as `dvc stage list` tells it. @throws PIPELINE_FILE_INVALID, PIPELINE_STAGE_UNKNOWN */
export function describeStages(
  project: DataProject,
  { targets, folder, all }: StageListRequest,
): readonly ListedStage[] {
  const stages = readPipeline(project.root)
  const rows = selectTargets(stages, { targets, folder, allPipelines: all }).flatMap((address) => {
    const stage = stages.get(address)
    if (stage === undefined) return []
    const deps = [...stage.deps, ...stage.params.map(({ file }) => file)]
    return [{ stage: address, description: describeStage({ ...stage, deps }) }]
  })
  return all ? [...rows, ...listDvcFiles(project)] : rows
}

function listDvcFiles(project: DataProject): readonly ListedStage[] {
  return findDvcFiles(project).map((stage) => {
    const { document, outs, deps } = readDvcFile(project, stage)
    const paths = (entries: readonly ReadonlyMap<string, unknown>[]): readonly string[] =>
      entries.map((entry) => String(entry.get('path')))
    const desc = document.get('desc')
    const described = {
      desc: typeof desc === 'string' ? desc : null,
      deps: paths(deps),
      outs: outs.map(({ entry }) => ({ path: String(entry.get('path')), kind: 'out' as const })),
    }
    return { stage, description: describeStage(described) }
  })
}

export interface Described {
  readonly desc: string | null
  /** What it reads, files of parameters too. */
  readonly deps: readonly string[]
  readonly outs: readonly Pick<StageOut, 'path' | 'kind'>[]
}

const LONGEST = 80

/** The first line of what is said of a stage, or else what it writes. */
export function describeStage(stage: Described): string {
  const said = stage.desc?.split(/\r?\n/).find((line) => line !== '')
  const characters = [...(said?.trim() ?? byPaths(stage))]
  if (characters.length <= LONGEST) return characters.join('')
  return `${characters.slice(0, LONGEST - 1).join('')}…`
}

function byPaths({ deps, outs }: Described): string {
  const those = (areReports: boolean): string =>
    outs
      .filter(({ kind }) => (kind !== 'out') === areReports)
      .map(({ path }) => path)
      .join(', ')
  if (outs.length === 0)
    return deps.length === 0 ? 'No outputs or dependencies' : `Depends on ${deps.join(', ')}`
  const [plain, reports] = [those(false), those(true)]
  return [plain && `Outputs ${plain}`, reports && `Reports ${reports}`]
    .filter((part) => part !== '')
    .join('; ')
}
