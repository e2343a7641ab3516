import type { GateComparison, GateRow, StoredGate } from '../capabilities/evaluation/index.ts'
import type { ModelVersion, Registry } from '../capabilities/registry/index.ts'
import type { Json } from '../base/json.ts'
import { toDate } from '../base/time.ts'
import type { Tx } from '../storage/database/port.ts'
import { automationErrors } from './errors.ts'
import type { ModelPolicy } from './policy.ts'

/** Values by input name, one entry a row. */
export type InputColumns = Readonly<Record<string, readonly Json[]>>

/** A logged request whose truth is known. */
export interface MaturedRow {
  readonly at: number
  readonly inputs: Readonly<Record<string, Json>>
  readonly label: number
}

/** What a version says of rows, asked in a process of its own; a row that it cannot answer is NaN. */
export type ScoreVersion = (
  version: ModelVersion,
  rows: readonly MaturedRow[],
) => Promise<{ readonly predictions: readonly number[]; readonly p99Ms: number | null }>

export type RunGate = (input: {
  readonly model: string
  readonly policy: NonNullable<ModelPolicy['evaluate']>
  readonly champion: GateArmFacts | null
  readonly challenger: GateArmFacts
  readonly rows: readonly GateRow[]
  readonly comparison: readonly GateComparison[]
  readonly causedBy: string | null
  readonly key: string
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}) => Promise<StoredGate>

interface GateArmFacts {
  readonly version: number
  readonly facts: Readonly<Partial<Record<'latency_p99_ms' | 'size_bytes', number>>>
}

export interface GatingDeps {
  readonly registry: Pick<Registry, 'getVersion'>
  readonly policyOf: (model: string) => ModelPolicy | null
  readonly championOf: (model: string) => Promise<number | null>
  /** Rows with a truth whose prediction was asked at or after `from`, oldest first. */
  readonly maturedRows: (model: string, from: number) => Promise<readonly MaturedRow[]>
  readonly scoreVersion: ScoreVersion
  readonly sizeOf: (version: ModelVersion) => Promise<number>
  readonly runGate: RunGate
}

export interface GateRequest {
  readonly model: string
  readonly version: number
  readonly causedBy: string | null
  readonly key: string
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}

/**
 * Holds a version against the champion on the same rows: those with a truth that neither of them learned from.
 * Both are asked anew, so that an answer of a canary or of a fallback does not blur the comparison.
 * @throws MODEL_UNKNOWN, and what the registry throws
 */
export async function gateVersion(deps: GatingDeps, request: GateRequest): Promise<StoredGate> {
  const { model, causedBy, key, alongside } = request
  const policy = deps.policyOf(model)?.evaluate
  if (policy === undefined)
    throw automationErrors.MODEL_UNKNOWN({
      detail: `ratchet.yaml has no models.${model}.evaluate`,
      path: `models.${model}.evaluate`,
    })
  const challenger = await deps.registry.getVersion(model, request.version)
  const number = await deps.championOf(model)
  const champion = number === null ? null : await deps.registry.getVersion(model, number)
  const from = Math.max(learnedUntil(challenger), champion === null ? 0 : learnedUntil(champion))
  const rows = champion === null ? [] : await deps.maturedRows(model, from)
  const [ours, theirs] = await Promise.all([
    deps.scoreVersion(challenger, rows),
    champion === null ? null : deps.scoreVersion(champion, rows),
  ])
  return deps.runGate({
    model,
    policy,
    champion: champion === null ? null : await armOf(deps, champion, theirs?.p99Ms ?? null),
    challenger: await armOf(deps, challenger, ours.p99Ms),
    rows: rows.map((row, index) => ({
      at: row.at,
      label: row.label,
      champion: theirs?.predictions[index] ?? null,
      challenger: ours.predictions[index] ?? Number.NaN,
      columns: plainColumns(row.inputs),
    })),
    comparison: compareVersions(champion, challenger),
    causedBy,
    key,
    alongside,
  })
}

/** Where it is not known what a version learned from, only what came after it is surely new to it. */
function learnedUntil({ trainUntil, createdAt }: ModelVersion): number {
  return trainUntil ?? createdAt
}

async function armOf(
  deps: GatingDeps,
  version: ModelVersion,
  p99Ms: number | null,
): Promise<GateArmFacts> {
  const size_bytes = await deps.sizeOf(version)
  const latency = p99Ms === null ? {} : { latency_p99_ms: p99Ms }
  return { version: version.version, facts: { size_bytes, ...latency } }
}

function plainColumns(
  inputs: MaturedRow['inputs'],
): Readonly<Record<string, string | number | null>> {
  const entries = Object.entries(inputs).map(([name, value]) => {
    const first: unknown = Array.isArray(value) ? value[0] : value
    return [name, typeof first === 'number' || typeof first === 'string' ? first : null] as const
  })
  return Object.fromEntries(entries)
}

function compareVersions(
  champion: ModelVersion | null,
  challenger: ModelVersion,
): readonly GateComparison[] {
  const compare = (
    name: string,
    kind: GateComparison['kind'],
    pick: (version: ModelVersion) => string | null,
  ): GateComparison => ({
    name,
    kind,
    champion: champion === null ? null : pick(champion),
    challenger: pick(challenger),
  })
  const day = (ms: number | null): string | null => (ms === null ? null : toDate(ms))
  return [
    compare('learned from', 'param', ({ trainFrom }) => day(trainFrom)),
    compare('learned until', 'param', ({ trainUntil }) => day(trainUntil)),
    compare('data', 'data', ({ dataMd5 }) => dataMd5),
    compare('commit', 'commit', ({ gitCommit }) => gitCommit),
    compare('run', 'run', ({ pipelineRunId }) => pipelineRunId),
  ]
}
