import type { Json, JsonObject } from '../../base/json.ts'
import { isFloat, isTimestamp, isYamlMap, type YamlValue } from '../datasets/index.ts'
import { commandText } from './decide.ts'
import { fromRoot } from './graph.ts'
import type { Measures } from './measures.ts'
import type {
  LockedPath,
  LockedStage,
  PathRecord,
  Reason,
  Stage,
  StageAction,
  StageResult,
} from './schema.ts'

export interface StageFacts {
  readonly action: StageAction
  readonly reasons: readonly Reason[]
  readonly lock: LockedStage
  readonly logPath: string | null
  readonly measures: Readonly<Measures>
  /** Project time. */
  readonly startedAt: number
  /** `performance.now()` at the start and at the end. */
  readonly since: number
  readonly until: number
}

/** What the result says of a stage: paths from the root, parameters as `file:key`. */
export function describeStage(stage: Stage, facts: StageFacts): StageResult {
  const { action, reasons, lock, logPath, startedAt, since, until } = facts
  return {
    stage: stage.address,
    action,
    reasons,
    command: commandText(stage.cmd),
    startedAt,
    durationMs: Math.round(until - since),
    logPath,
    measures: { ...facts.measures },
    inputs: lock.deps.map((dep) => toRecord(stage, dep)),
    outputs: lock.outs.map((out) => toRecord(stage, out)),
    params: paramsJson(lock),
  }
}

function toRecord(stage: Stage, { path, md5, size }: LockedPath): PathRecord {
  return { path: fromRoot(stage, path), md5, size }
}

function paramsJson({ params }: LockedStage): JsonObject {
  const entries = [...params].flatMap(([file, values]) =>
    [...values].map(([key, value]) => [`${file}:${key}`, toJson(value)] as const),
  )
  return Object.fromEntries(entries)
}

export function toJson(value: YamlValue): Json {
  if (isFloat(value)) return Number.isFinite(value.value) ? value.value : String(value.value)
  if (isTimestamp(value)) return value.text
  if (typeof value === 'bigint') return String(value)
  if (isYamlMap(value))
    return Object.fromEntries([...value].map(([key, item]) => [key, toJson(item)]))
  if (Array.isArray(value)) return value.map((item: YamlValue) => toJson(item))
  return value as Json
}
