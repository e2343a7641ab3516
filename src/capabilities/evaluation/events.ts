import type { EventInput } from '../../events/index.ts'
import type { StoredGate } from './schema.ts'

export function evaluationDecided(gate: StoredGate): EventInput {
  return {
    type: 'evaluation.decided',
    subject: `model:${gate.model}`,
    data: {
      gate_id: gate.id,
      model: gate.model,
      champion: gate.champion,
      challenger: gate.challenger,
      verdict: gate.report.verdict,
      sentence: gate.report.sentence,
      rows: gate.report.rows,
      rows_needed: gate.report.rowsNeeded,
    },
    causedBy: gate.causedBy,
  }
}
