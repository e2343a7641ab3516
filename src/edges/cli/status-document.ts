import type { DatasetStatus } from '../../capabilities/datasets/index.ts'
import type { StageChanges } from '../../capabilities/pipelines/index.ts'
import { addressHere, type NameHere } from './names-here.ts'

/** A state, or more of them below a name. */
interface StateTree {
  readonly [name: string]: string | StateTree
}

/** What changed of one stage or `.dvc` file, as `dvc status --json` says it. */
type ChangeList = readonly (string | StateTree)[]

/** The document of `dvc status --json`: what did not change is not in it. */
export type StatusDocument = Readonly<Record<string, ChangeList>>

export function statusDocument(
  stages: readonly StageChanges[],
  data: readonly DatasetStatus[],
  here: NameHere,
): StatusDocument {
  const entries = [
    ...stages.map((stage) => [addressHere(stage.stage, here), stageChanges(stage, here)] as const),
    ...data.map((status) => [here(status.file), dataChanges(status, here)] as const),
  ]
  return Object.fromEntries(entries.filter(([, changes]) => changes.length > 0))
}

function stageChanges(
  { deps, params, outs, alwaysChanged, command }: StageChanges,
  here: NameHere,
): ChangeList {
  const inputs = [...deps, ...params].map(
    ([path, state]) =>
      [
        path.startsWith('ds://') ? path : here(path),
        typeof state === 'string' ? state : Object.fromEntries(state),
      ] as const,
  )
  const outputs = [...outs].map(([path, state]) => [here(path), state] as const)
  return [
    ...(inputs.length === 0 ? [] : [{ 'changed deps': Object.fromEntries(inputs) }]),
    ...(outputs.length === 0 ? [] : [{ 'changed outs': Object.fromEntries(outputs) }]),
    ...(alwaysChanged ? ['always changed'] : []),
    ...(command ? ['changed command'] : []),
  ]
}

function dataChanges({ path, state, tracked, cached }: DatasetStatus, here: NameHere): ChangeList {
  const told = tracked !== null && !cached ? 'not in cache' : DATA_STATES[state]
  return told === null ? [] : [{ 'changed outs': { [here(path)]: told } }]
}

const DATA_STATES = {
  unchanged: null,
  modified: 'modified',
  deleted: 'deleted',
  not_hashed: 'modified',
} as const

/** The same on the screen, in DVC's own lines. */
export function statusLines(document: StatusDocument): readonly string[] {
  return Object.entries(document).flatMap(([stage, changes]) => [
    `${stage}:`,
    ...changes.flatMap((change) =>
      typeof change === 'string' ? [`\t${change}`] : treeLines(change, '\t'),
    ),
  ])
}

function treeLines(tree: StateTree, indent: string): readonly string[] {
  return Object.entries(tree).flatMap(([name, state]) =>
    typeof state === 'string'
      ? [`${indent}${`${state}:`.padEnd(20)}${name}`]
      : [`${indent}${name}:`, ...treeLines(state, `${indent}\t`)],
  )
}
