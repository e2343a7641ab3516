import type { Tx } from '../../storage/database/port.ts'
import type { FeedbackOutcome, FeedbackRecord } from './schema.ts'
import type { MonitoringTables } from './tables.ts'

interface KnownLabel {
  readonly label: number | null
  readonly labelId: string | null
}

/** What becomes of a label, given what is known of its prediction. Read again, a record says what it said first. */
export function decideLabel(record: FeedbackRecord, known: KnownLabel | null): FeedbackOutcome {
  if (known === null) return 'unknown'
  if (known.label === null || known.labelId === record.id) return 'accepted'
  if (known.label === Number(record.label)) return 'duplicate'
  return record.correction === true ? 'accepted' : 'contradicting'
}

/** Sets labels in the order in which they came, and says of each what became of it. */
export async function applyFeedback(
  tx: Tx,
  records: readonly FeedbackRecord[],
): Promise<ReadonlyMap<string, FeedbackOutcome>> {
  const outcomes = new Map<string, FeedbackOutcome>()
  for (const record of records) {
    const outcome = decideLabel(record, await findLabel(tx, record.prediction_id))
    if (outcome === 'accepted') await setLabel(tx, record)
    outcomes.set(record.id, outcome)
  }
  return outcomes
}

async function findLabel(tx: Tx, id: string): Promise<KnownLabel | null> {
  const db = tx.withTables<MonitoringTables>()
  const row = await db
    .selectFrom('monitoring_predictions')
    .select(['label', 'label_id as labelId'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

async function setLabel(tx: Tx, record: FeedbackRecord): Promise<void> {
  await tx
    .withTables<MonitoringTables>()
    .updateTable('monitoring_predictions')
    .set({
      label: Number(record.label),
      label_at: Math.round(record.at),
      label_id: record.id,
    })
    .where('id', '=', record.prediction_id)
    .execute()
}
