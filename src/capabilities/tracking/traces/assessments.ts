import { randomUUID } from 'node:crypto'
import type { Json } from '../../../base/json.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { trackingErrors } from '../errors.ts'
import { invalid } from '../names.ts'
import type { Assessment, AssessmentChange, AssessmentKind, NewAssessment } from './schema.ts'
import { findRow, tables, toAssessment } from './store.ts'

/** The one that it overrides is valid no longer. @throws TRACKING_UNKNOWN */
export async function createAssessment(
  deps: TrackingDeps,
  traceId: string,
  assessment: NewAssessment,
): Promise<Assessment> {
  const now = deps.clock.now()
  return deps.database.transaction(async (tx) => {
    await requireTraceOf(tx, traceId)
    const { overrides } = assessment
    if (overrides !== null && !(await setValid(tx, { traceId, id: overrides }, false)))
      throw unknown(traceId, overrides)
    return getAssessment(tx, traceId, await addAssessment(tx, { traceId, assessment, now }))
  })
}

/** Adds it as it is, or writes it over the one that has its id. Gives its id. */
export async function addAssessment(
  tx: Tx,
  added: { readonly traceId: string; readonly assessment: NewAssessment; readonly now: number },
): Promise<string> {
  const { traceId, assessment, now } = added
  const id = assessment.id ?? `a-${randomUUID().replaceAll('-', '')}`
  const row = {
    trace_id: traceId,
    id,
    name: assessment.name,
    kind: assessment.kind,
    ...valueColumns(assessment.value, assessment.error),
    source_type: assessment.sourceType,
    source_id: assessment.sourceId,
    span_id: assessment.spanId,
    rationale: assessment.rationale,
    metadata: JSON.stringify(assessment.metadata),
    overrides: assessment.overrides,
    valid: 1,
    created_at: assessment.createdAt ?? now,
    updated_at: assessment.updatedAt ?? now,
  }
  const { trace_id, ...change } = row
  void trace_id
  await tables(tx)
    .insertInto('tracking_assessments')
    .values(row)
    .onConflict((conflict) => conflict.columns(['trace_id', 'id']).doUpdateSet(change))
    .execute()
  return id
}

function valueColumns(value: Json, error: Assessment['error']) {
  return {
    value: JSON.stringify(value),
    number: typeof value === 'number' ? value : null,
    error: error === null ? null : JSON.stringify(error),
  }
}

/** @throws TRACKING_UNKNOWN */
export async function getAssessment(
  query: Query,
  traceId: string,
  id: string,
): Promise<Assessment> {
  const row = await tables(query)
    .selectFrom('tracking_assessments')
    .selectAll()
    .where('trace_id', '=', traceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row !== undefined) return toAssessment(row)
  if ((await findRow(query, traceId)) !== undefined) throw unknown(traceId, id)
  throw trackingErrors.TRACKING_UNKNOWN({
    detail: `Trace with request_id '${traceId}' not found`,
  })
}

/** What is left out stays; metadata is merged. @throws TRACKING_UNKNOWN, TRACKING_INVALID (another kind of value) */
export async function updateAssessment(
  deps: TrackingDeps,
  name: { readonly traceId: string; readonly id: string },
  change: AssessmentChange,
): Promise<Assessment> {
  const { traceId, id } = name
  return deps.database.transaction(async (tx) => {
    const before = await getAssessment(tx, traceId, id)
    checkKind(before.kind, change)
    const value = change.feedback?.value ?? change.expectation ?? before.value
    const error = change.feedback === undefined ? before.error : change.feedback.error
    await tables(tx)
      .updateTable('tracking_assessments')
      .set({
        name: change.name ?? before.name,
        ...valueColumns(change.feedback === undefined ? value : change.feedback.value, error),
        rationale: change.rationale ?? before.rationale,
        metadata: JSON.stringify({ ...before.metadata, ...change.metadata }),
        updated_at: deps.clock.now(),
      })
      .where('trace_id', '=', traceId)
      .where('id', '=', id)
      .execute()
    return getAssessment(tx, traceId, id)
  })
}

function checkKind(kind: AssessmentKind, { expectation, feedback }: AssessmentChange): void {
  if (expectation !== undefined && feedback !== undefined)
    throw invalid('Cannot specify both `expectation` and `feedback` parameters.')
  if (expectation !== undefined && kind !== 'expectation')
    throw invalid('Cannot update expectation value on a Feedback assessment.')
  if (feedback !== undefined && kind !== 'feedback')
    throw invalid('Cannot update feedback value on an Expectation assessment.')
}

/** The one that it overrode is valid again. One that is not there is no error. @throws TRACKING_UNKNOWN (trace) */
export async function deleteAssessment(
  deps: TrackingDeps,
  traceId: string,
  id: string,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await requireTraceOf(tx, traceId)
    const [row] = await tables(tx)
      .deleteFrom('tracking_assessments')
      .where('trace_id', '=', traceId)
      .where('id', '=', id)
      .returning('overrides')
      .execute()
    const overridden = row?.overrides ?? null
    if (overridden !== null) await setValid(tx, { traceId, id: overridden }, true)
  })
}

async function setValid(
  tx: Tx,
  { traceId, id }: { readonly traceId: string; readonly id: string },
  valid: boolean,
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable('tracking_assessments')
    .set({ valid: valid ? 1 : 0 })
    .where('trace_id', '=', traceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function requireTraceOf(query: Query, id: string): Promise<void> {
  if ((await findRow(query, id)) !== undefined) return
  throw trackingErrors.TRACKING_UNKNOWN({ detail: `Trace with ID '${id}' not found.` })
}

function unknown(traceId: string, id: string): Error {
  return trackingErrors.TRACKING_UNKNOWN({
    detail: `Assessment with ID '${id}' not found for trace '${traceId}'`,
  })
}
