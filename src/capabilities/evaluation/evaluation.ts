import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database, Tx } from '../../storage/database/port.ts'
import { evaluationErrors } from './errors.ts'
import { evaluationDecided } from './events.ts'
import type { EvaluatePolicy, GateComparison, GateInput, GateRow, StoredGate } from './schema.ts'
import { findGateByKey, insertGate } from './store.ts'
import { decideGate } from './verdict.ts'

export interface EvaluationDeps {
  readonly database: Database
  readonly publish: Publish
  readonly clock: Clock
}

export interface RunGate extends GateInput {
  /** Of whoever asks, such as the job's id: asked again, the first gate stands. */
  readonly key: string
  readonly model: string
  readonly causedBy: string | null
  /** Data, code and parameters of both versions, for the reader. */
  readonly comparison?: readonly GateComparison[] | undefined
  /** Runs in the transaction that saves the gate: a job completes itself here. */
  readonly alongside?: ((tx: Tx, gate: StoredGate) => Promise<void>) | undefined
}

// Enough to decide most gates again from the record, without keeping a copy of a data set.
const ROWS_KEPT = 2000

/**
 * Holds a challenger against the champion on rows that both have answered already, keeps the gate with its evidence
 * and announces it. The same key gives the same gate and one event, however often it is called.
 * @throws GATE_COLUMN_MISSING
 */
export async function runGate(deps: EvaluationDeps, input: RunGate): Promise<StoredGate> {
  const earlier = await findGateByKey(deps.database.query, input.key)
  const gate = earlier ?? decided(input, deps.clock.now())
  return await deps.database.transaction(async (tx) => {
    const known = await findGateByKey(tx, input.key)
    if (known === null) {
      await insertGate(tx, gate)
      await deps.publish(tx, evaluationDecided(gate))
    }
    await input.alongside?.(tx, known ?? gate)
    return known ?? gate
  })
}

function decided(input: RunGate, at: number): StoredGate {
  const { key, model, policy, champion, challenger, rows, causedBy, comparison = [] } = input
  refuseUnknownColumns(policy, rows)
  return {
    id: createId('gate', at),
    key,
    model,
    champion: champion?.version ?? null,
    challenger: challenger.version,
    at,
    causedBy,
    report: decideGate({ policy, champion, challenger, rows }),
    comparison,
    evidence: { policy, champion, challenger, rows: rows.slice(0, ROWS_KEPT) },
  }
}

// A misspelt column must not look like a slice on which nothing ever happens.
function refuseUnknownColumns({ slices, guards }: EvaluatePolicy, rows: readonly GateRow[]): void {
  const asked = [
    ...slices.map(({ column }) => column),
    ...guards.flatMap((guard) => ('fairness' in guard ? guard.by : [])),
  ]
  const known = new Set(rows.flatMap(({ columns = {} }) => Object.keys(columns)))
  const missing = rows.length === 0 ? undefined : asked.find((column) => !known.has(column))
  if (missing === undefined) return
  const has = known.size === 0 ? 'none' : [...known].join(', ')
  throw evaluationErrors.GATE_COLUMN_MISSING({
    detail: `no row has "${missing}"; the rows have ${has}`,
  })
}
