import type { Tx } from '../../storage/database/port.ts'
import { primaryScalar } from './record-rows.ts'
import type { ShadowRecord } from './schema.ts'
import type { MonitoringTables } from './tables.ts'

// The data plane had no time to ask: that says nothing about the challenger.
const NEVER_ASKED = /^SERVING_OVERLOADED\b/

/** Puts the challenger's answers beside the champion's. */
export async function applyShadows(tx: Tx, records: readonly ShadowRecord[]): Promise<void> {
  const db = tx.withTables<MonitoringTables>()
  for (const record of records) {
    if (record.error !== null && NEVER_ASKED.test(record.error)) continue
    await db
      .updateTable('monitoring_predictions')
      .set({
        shadow_version: record.version,
        shadow_output: record.error === null ? primaryScalar(record.outputs) : null,
        shadow_ms: record.ms,
        shadow_error: record.error,
      })
      .where('id', '=', record.prediction_id)
      .execute()
  }
}
