import type { Query, Tx } from '../../storage/database/port.ts'
import type { MonitoringDeps } from './deps.ts'
import { applyFeedback } from './labels.ts'
import { insertPredictions } from './record-rows.ts'
import { applyShadows } from './shadows.ts'
import type {
  FeedbackOutcome,
  FeedbackRecord,
  PredictionRecord,
  SpoolCursor,
  SpoolRecord,
} from './schema.ts'
import type { MonitoringTables } from './tables.ts'

export interface IngestInput {
  readonly records: readonly SpoolRecord[]
  /** Where the spool goes on after these records. */
  readonly cursor: SpoolCursor
}

const CURSOR = 'spool'

/**
 * Takes over what the data plane has spooled: rows, labels and cursor in one transaction, so each record counts once,
 * whoever dies between. @returns what became of each feedback, by its id
 */
export async function ingest(
  { database }: Pick<MonitoringDeps, 'database'>,
  { records, cursor }: IngestInput,
): Promise<ReadonlyMap<string, FeedbackOutcome>> {
  const predictions = records.filter((record) => record.kind === 'prediction')
  const shadows = records.filter((record) => record.kind === 'shadow')
  const feedback = records.filter((record) => record.kind === 'feedback')
  return await database.transaction(async (tx) => {
    // Shadows and labels always follow their prediction in the spool, so predictions may go first.
    await insertPredictions(tx, database.dialect, predictions)
    await applyShadows(tx, shadows)
    const outcomes = await applyFeedback(tx, feedback)
    await moveCursor(tx, cursor)
    return outcomes
  })
}

/** One prediction past the spool, for tests and for programs that log by themselves. */
export async function recordPrediction(
  { database }: Pick<MonitoringDeps, 'database'>,
  record: PredictionRecord,
): Promise<void> {
  await database.transaction((tx) => insertPredictions(tx, database.dialect, [record]))
}

/** One label past the spool. */
export async function recordFeedback(
  { database }: Pick<MonitoringDeps, 'database'>,
  record: FeedbackRecord,
): Promise<FeedbackOutcome> {
  const outcomes = await database.transaction((tx) => applyFeedback(tx, [record]))
  return outcomes.get(record.id) ?? 'unknown'
}

/** Where reading goes on; the spool's beginning when nothing was read. */
export async function readCursor(query: Query): Promise<SpoolCursor> {
  const db = query.withTables<MonitoringTables>()
  const row = await db
    .selectFrom('monitoring_cursors')
    .select(['segment', 'offset'])
    .where('name', '=', CURSOR)
    .executeTakeFirst()
  return row ?? { segment: 0, offset: 0 }
}

// Never back: a second reader that was slower must not make the records between count as unread.
async function moveCursor(tx: Tx, { segment, offset }: SpoolCursor): Promise<void> {
  const now = await readCursor(tx)
  const forward = segment > now.segment || (segment === now.segment && offset > now.offset)
  if (!forward) return
  await tx
    .withTables<MonitoringTables>()
    .insertInto('monitoring_cursors')
    .values({ name: CURSOR, segment, offset })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ segment, offset }))
    .execute()
}
