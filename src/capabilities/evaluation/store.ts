import type { Query, Tx } from '../../storage/database/port.ts'
import type {
  GateComparison,
  GateEvidence,
  GateId,
  GateReport,
  GateVerdict,
  StoredGate,
} from './schema.ts'

type GateDatabaseRow = {
  id: string
  key: string
  model: string
  champion: number | null
  challenger: number
  verdict: string
  at: number
  caused_by: string | null
  report: string
  comparison: string
  evidence: string
}
type EvaluationTables = { evaluation_gates: GateDatabaseRow }

export interface GateFilter {
  readonly model?: string | undefined
  /** Only gates of this challenger. */
  readonly challenger?: number | undefined
  readonly verdict?: GateVerdict | undefined
  readonly causedBy?: string | undefined
  /** Only gates decided before this one. */
  readonly before?: string | undefined
  /** At most this many, 100 unless told. */
  readonly limit?: number | undefined
}

/** A gate without its rows, as lists need it. */
export type GateSummary = Omit<StoredGate, 'evidence'>

export async function insertGate(tx: Tx, gate: StoredGate): Promise<void> {
  await tx
    .withTables<EvaluationTables>()
    .insertInto('evaluation_gates')
    .values({
      id: gate.id,
      key: gate.key,
      model: gate.model,
      champion: gate.champion,
      challenger: gate.challenger,
      verdict: gate.report.verdict,
      at: gate.at,
      caused_by: gate.causedBy,
      report: JSON.stringify(gate.report),
      comparison: JSON.stringify(gate.comparison),
      evidence: JSON.stringify(gate.evidence),
    })
    .execute()
}

/** A gate with all its evidence; `null` when there is none. */
export async function findGate(query: Query, id: string): Promise<StoredGate | null> {
  return await findBy(query, 'id', id)
}

export async function findGateByKey(query: Query, key: string): Promise<StoredGate | null> {
  return await findBy(query, 'key', key)
}

async function findBy(
  query: Query,
  column: 'id' | 'key',
  value: string,
): Promise<StoredGate | null> {
  const row = await query
    .withTables<EvaluationTables>()
    .selectFrom('evaluation_gates')
    .selectAll()
    .where(column, '=', value)
    .executeTakeFirst()
  return row === undefined
    ? null
    : { ...toSummary(row), evidence: JSON.parse(row.evidence) as GateEvidence }
}

/** Newest first: ids sort by time. */
export async function listGates(
  query: Query,
  filter: GateFilter = {},
): Promise<readonly GateSummary[]> {
  let select = query.withTables<EvaluationTables>().selectFrom('evaluation_gates').select(SUMMARY)
  if (filter.model !== undefined) select = select.where('model', '=', filter.model)
  if (filter.challenger !== undefined) select = select.where('challenger', '=', filter.challenger)
  if (filter.verdict !== undefined) select = select.where('verdict', '=', filter.verdict)
  if (filter.causedBy !== undefined) select = select.where('caused_by', '=', filter.causedBy)
  if (filter.before !== undefined) select = select.where('id', '<', filter.before)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toSummary)
}

const SUMMARY = [
  'id',
  'key',
  'model',
  'champion',
  'challenger',
  'verdict',
  'at',
  'caused_by',
  'report',
  'comparison',
] as const

function toSummary(row: Omit<GateDatabaseRow, 'evidence'>): GateSummary {
  return {
    id: row.id as GateId,
    key: row.key,
    model: row.model,
    champion: row.champion,
    challenger: row.challenger,
    at: row.at,
    causedBy: row.caused_by,
    report: JSON.parse(row.report) as GateReport,
    comparison: JSON.parse(row.comparison) as GateComparison[],
  }
}
