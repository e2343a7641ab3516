import {
  isFloat,
  isTimestamp,
  isYamlMap,
  type PathHash,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
import type { ParamValues } from './params.ts'
import type { LockedStage, Reason, Stage } from './schema.ts'

/** What a stage finds now. Paths are as in dvc.yaml; null is "does not exist". */
export interface Current {
  readonly deps: ReadonlyMap<string, PathHash & { readonly dataset?: YamlMap }>
  readonly outs: ReadonlyMap<string, PathHash | null>
  readonly params: ParamValues
  /** Outputs that differ from dvc.lock and that the cache holds as dvc.lock wants them. */
  readonly restorable: ReadonlySet<string>
  readonly forced: boolean
}

export type Decision =
  | { readonly action: 'skip'; readonly reasons: readonly [] }
  /** Only outputs differ, and all of them are in the cache as dvc.lock wants them. */
  | { readonly action: 'restore'; readonly reasons: readonly Reason[] }
  | { readonly action: 'run'; readonly reasons: readonly Reason[] }

/** Whether a stage runs, and why: its declaration, dvc.lock and what is there now. DVC's rules. */
export function decideStage(stage: Stage, locked: LockedStage | null, current: Current): Decision {
  if (current.forced) return run([reason('forced', stage.address, null, null)])
  if (locked === null) return run([reason('new', stage.address, null, null)])
  const outs = outReasons(stage, locked, current)
  const inputs = stage.frozen ? [] : inputReasons(stage, locked, current)
  const reasons = [...commandReason(stage, locked), ...inputs, ...outs]
  if (reasons.length === 0) return { action: 'skip', reasons: [] }
  if (reasons.length > outs.length || !restorable(stage, outs, current)) return run(reasons)
  return { action: 'restore', reasons }
}

function run(reasons: readonly Reason[]): Decision {
  return { action: 'run', reasons }
}

function reason(
  kind: Reason['kind'],
  subject: string,
  from: string | null,
  to: string | null,
): Reason {
  return { kind, subject, from, to }
}

export function commandText(cmd: string | readonly string[]): string {
  return typeof cmd === 'string' ? cmd : cmd.join('\n')
}

// A list of one command and the command alone are different to DVC.
function commandReason({ cmd, address: name }: Stage, locked: LockedStage): readonly Reason[] {
  if (JSON.stringify(cmd) === JSON.stringify(locked.cmd)) return []
  return [reason('command', name, commandText(locked.cmd), commandText(cmd))]
}

function inputReasons(stage: Stage, locked: LockedStage, current: Current): readonly Reason[] {
  const callback = stage.deps.length + stage.params.length + stage.outs.length === 0
  if (stage.alwaysChanged || callback) return [reason('always', stage.address, null, null)]
  const deps = changedPaths('dep', stage.deps, { before: locked.deps, now: current.deps })
  return [...deps, ...paramReasons(stage, locked, current)]
}

function outReasons(stage: Stage, locked: LockedStage, current: Current): readonly Reason[] {
  const paths = stage.outs.map(({ path }) => path)
  return changedPaths('out', paths, { before: locked.outs, now: current.outs })
}

interface Content {
  readonly md5: string
  readonly dataset?: YamlMap
}

interface Sides {
  readonly before: readonly (Content & { readonly path: string })[]
  readonly now: ReadonlyMap<string, Content | null>
}

function identity({ md5, dataset }: Content): string {
  return dataset === undefined ? md5 : canonical(dataset)
}

function changedPaths(
  kind: 'dep' | 'out',
  paths: readonly string[],
  { before, now }: Sides,
): readonly Reason[] {
  const known = new Map(before.map((entry) => [entry.path, identity(entry)]))
  return paths.flatMap((path) => {
    const from = known.get(path) ?? null
    const found = now.get(path)
    const to = found ? identity(found) : null
    return from === to && from !== null ? [] : [reason(kind, path, from, to)]
  })
}

function paramReasons(stage: Stage, locked: LockedStage, current: Current): readonly Reason[] {
  return stage.params.flatMap(({ file, keys }) => {
    const before = locked.params.get(file) ?? new Map<string, YamlValue>()
    const now = current.params.get(file) ?? new Map<string, YamlValue>()
    const names = keys ?? [...new Set([...now.keys(), ...before.keys()])]
    return names.flatMap((name) => {
      const from = before.get(name)
      const to = now.get(name)
      if (from !== undefined && to !== undefined && sameValue(from, to)) return []
      return [reason('param', `${file}:${name}`, valueLabel(from), valueLabel(to))]
    })
  })
}

/** Equal as Python compares: 1 and 1.0 are, the order of keys does not matter. */
export function sameValue(a: YamlValue, b: YamlValue): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: YamlValue): string {
  if (isFloat(value)) return Number.isNaN(value.value) ? 'nan' : String(value.value)
  if (isTimestamp(value)) return `timestamp ${value.text}`
  if (Array.isArray(value)) return `[${value.map((item: YamlValue) => canonical(item)).join(',')}]`
  if (isYamlMap(value)) {
    const entries = [...value].toSorted(([x], [y]) => (x < y ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

function valueLabel(value: YamlValue | undefined): string | null {
  return value === undefined ? null : valueText(value)
}

/** A value as people read it: a text without its quotes. */
export function valueText(value: YamlValue): string {
  return typeof value === 'string' ? value : canonical(value)
}

// DVC finds such a stage in its run cache; ours is dvc.lock itself.
function restorable(stage: Stage, outs: readonly Reason[], current: Current): boolean {
  const persistent = new Set(stage.outs.filter(({ persist }) => persist).map(({ path }) => path))
  return outs.every(({ subject }) => current.restorable.has(subject) && !persistent.has(subject))
}

/** One line a person can read: `data/births changed from 1a2b3c4d to 5e6f7a8b`. */
export function reasonText({ kind, subject, from, to }: Reason): string {
  const short = (text: string | null): string =>
    text === null ? 'nothing' : kind === 'dep' || kind === 'out' ? text.slice(0, 8) : text
  switch (kind) {
    case 'new':
      return `${subject} has never run here`
    case 'forced':
      return `${subject} was asked to run in any case`
    case 'always':
      return `${subject} always runs`
    case 'command':
      return `the command changed from "${from ?? ''}" to "${to ?? ''}"`
    case 'out':
      if (to === null) return `the output ${subject} is missing`
      return `the output ${subject} is not what the stage wrote`
    case 'dep':
    case 'param':
      return from === null
        ? `${subject} is new (${short(to)})`
        : `${subject} changed from ${short(from)} to ${short(to)}`
  }
}
