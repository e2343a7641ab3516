import type { DatasetStatus } from '../../capabilities/datasets/index.ts'
import type { EntryChange, StageChanges } from '../../capabilities/pipelines/index.ts'
import { addressHere, type NameHere } from './names-here.ts'

/** A name stands for a change, or for more names below it. */
type ChangeTree = ReadonlyMap<string, EntryChange | ChangeTree>

/** What changed, by stage or `.dvc` file, in the order and the words of `dvc status`; what did not change is not in it. */
export type StatusChanges = ReadonlyMap<string, readonly (string | ChangeTree)[]>

/** Names and paths are as from where the user stands. */
export function statusChanges(
  stages: readonly StageChanges[],
  data: readonly DatasetStatus[],
  here: NameHere,
): StatusChanges {
  const entries = [
    ...stages.map((stage) => [addressHere(stage.stage, here), stageChanges(stage, here)] as const),
    ...data.map((status) => [here(status.file), dataChanges(status, here)] as const),
  ]
  return new Map(entries.filter(([, changes]) => changes.length > 0))
}

function stageChanges(
  { deps, params, outs, alwaysChanged, command }: StageChanges,
  here: NameHere,
): readonly (string | ChangeTree)[] {
  const inputs: ChangeTree = new Map(
    [...deps, ...params].map(([path, change]) => [
      path.startsWith('ds://') ? path : here(path),
      change,
    ]),
  )
  const outputs: ChangeTree = new Map([...outs].map(([path, change]) => [here(path), change]))
  return [
    ...(inputs.size === 0 ? [] : [new Map([['changed deps', inputs]])]),
    ...(outputs.size === 0 ? [] : [new Map([['changed outs', outputs]])]),
    ...(alwaysChanged ? ['always changed'] : []),
    ...(command ? ['changed command'] : []),
  ]
}

function dataChanges(status: DatasetStatus, here: NameHere): readonly ChangeTree[] {
  const change = dataChange(status)
  if (change === null) return []
  return [new Map([['changed outs', new Map([[here(status.path), change]])]])]
}

function dataChange({ state, tracked, found, cached }: DatasetStatus): EntryChange | null {
  if (tracked !== null && !cached) return { state: 'not in cache' }
  if (state === 'unchanged') return null
  if (state === 'deleted') return { state }
  const from = tracked === null ? {} : { from: tracked.slice(0, 8) }
  return { state: 'modified', ...from, ...(found === null ? {} : { to: found.slice(0, 8) }) }
}

/** A state, or more of them below a name. */
interface StateTree {
  readonly [name: string]: string | StateTree
}

/** The document of `dvc status --json`. */
export type StatusDocument = Readonly<Record<string, readonly (string | StateTree)[]>>

export function statusDocument(changes: StatusChanges): StatusDocument {
  const entries = [...changes].map(
    ([name, list]) =>
      [name, list.map((one) => (typeof one === 'string' ? one : statesOf(one)))] as const,
  )
  return Object.fromEntries(entries)
}

function statesOf(tree: ChangeTree): StateTree {
  return Object.fromEntries(
    [...tree].map(([name, change]) => [name, isTree(change) ? statesOf(change) : change.state]),
  )
}

function isTree(change: EntryChange | ChangeTree): change is ChangeTree {
  return change instanceof Map
}

/** On the screen DVC's own lines; behind the name of what was modified, from what to what. */
export function statusLines(changes: StatusChanges): readonly string[] {
  return [...changes].flatMap(([stage, list]) => [
    `${stage}:`,
    ...list.flatMap((change) =>
      typeof change === 'string' ? [`\t${change}`] : treeLines(change, '\t'),
    ),
  ])
}

function treeLines(tree: ChangeTree, indent: string): readonly string[] {
  return [...tree].flatMap(([name, change]) =>
    isTree(change)
      ? [`${indent}${name}:`, ...treeLines(change, `${indent}\t`)]
      : [`${indent}${`${change.state}:`.padEnd(20)}${name}${fromTo(change)}`],
  )
}

function fromTo({ from, to }: EntryChange): string {
  return from === undefined || to === undefined ? '' : `  (${from} -> ${to})`
}
