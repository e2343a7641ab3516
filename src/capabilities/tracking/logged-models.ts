import { randomUUID } from 'node:crypto'
import type { Query, Tx } from '../../storage/database/port.ts'
import { addressBelow } from './artifact-path.ts'
import type { TrackingDeps } from './deps.ts'
import { trackingErrors } from './errors.ts'
import { requireActive } from './experiments.ts'
import { completeLoggedModels, type LoggedModelValues } from './logged-model-data.ts'
import { checkKey, invalid } from './names.ts'
import { randomRunName } from './run-names.ts'
import { findRunArtifacts } from './runs.ts'
import type { KeyValue, LoggedModel, LoggedModelStatus, TagAmendment } from './schema.ts'
import { tables } from './store.ts'

export interface NewLoggedModel {
  readonly experimentId: string
  readonly name?: string | undefined
  readonly modelType?: string | undefined
  readonly sourceRunId?: string | undefined
  readonly params?: readonly KeyValue[] | undefined
  readonly tags?: readonly KeyValue[] | undefined
}

/** Makes a model that waits for its files. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function createLoggedModel(
  deps: TrackingDeps,
  input: NewLoggedModel,
): Promise<LoggedModel> {
  const name = input.name === undefined || input.name === '' ? randomRunName() : input.name
  checkName(name)
  for (const { key } of [...(input.params ?? []), ...(input.tags ?? [])]) checkKey(key, 'key')
  const id = `m-${randomUUID().replaceAll('-', '')}`
  return deps.database.transaction(async (tx) => {
    const experiment = await requireActive(tx, input.experimentId)
    const now = deps.clock.now()
    await tables(tx)
      .insertInto('tracking_logged_models')
      .values({
        id,
        experiment_id: Number(experiment.id),
        name,
        artifact_uri: addressBelow(experiment.artifactLocation, `models/${id}/artifacts`),
        status: 'PENDING',
        model_type: input.modelType ?? null,
        source_run_id: input.sourceRunId ?? null,
        created_at: now,
        updated_at: now,
      })
      .execute()
    await putValues(tx, { table: 'tracking_logged_model_params', id, values: input.params ?? [] })
    await putValues(tx, { table: 'tracking_logged_model_tags', id, values: input.tags ?? [] })
    return getLoggedModel(tx, id)
  })
}

function checkName(name: string): void {
  if (name === '' || /[/:.%"']/.test(name))
    throw invalid(
      `Invalid model name (${name}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    )
}

interface Values {
  readonly table: LoggedModelValues
  readonly id: string
  readonly values: readonly KeyValue[]
}

async function putValues(tx: Tx, { table, id, values }: Values): Promise<void> {
  const last = new Map(values.map(({ key, value }) => [key, value]))
  for (const [key, value] of last)
    await tables(tx)
      .insertInto(table)
      .values({ model_id: id, key, value })
      .onConflict((conflict) => conflict.columns(['model_id', 'key']).doUpdateSet({ value }))
      .execute()
}

/** @throws TRACKING_UNKNOWN */
export async function getLoggedModel(
  query: Query,
  id: string,
  includeDeleted = false,
): Promise<LoggedModel> {
  const row = await tables(query)
    .selectFrom('tracking_logged_models')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  const visible = row !== undefined && (includeDeleted || row.deleted_at === null) ? [row] : []
  const [model] = await completeLoggedModels(query, visible)
  if (model === undefined)
    throw trackingErrors.TRACKING_UNKNOWN({ detail: `Logged model with ID '${id}' not found.` })
  return model
}

/** `null` when there is no such model. */
export async function findLoggedModelSource(
  query: Query,
  id: string,
): Promise<{ readonly artifactUri: string; readonly runId: string | null } | null> {
  const row = await tables(query)
    .selectFrom('tracking_logged_models')
    .select(['artifact_uri', 'source_run_id'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : { artifactUri: row.artifact_uri, runId: row.source_run_id }
}

/** Where the files of `runs:/<id>/<path>` are: with the logged model of this name, else among those of the run. */
export async function findRunModel(query: Query, runId: string, path: string) {
  const row = await tables(query)
    .selectFrom('tracking_logged_models')
    .select('artifact_uri')
    .where('source_run_id', '=', runId)
    .where('name', '=', path)
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
  if (row !== undefined) return row.artifact_uri
  const root = await findRunArtifacts(query, runId)
  return root === null ? null : `${root}/${path}`
}

/** @throws TRACKING_UNKNOWN */
export async function finishLoggedModel(
  deps: TrackingDeps,
  id: string,
  status: LoggedModelStatus,
): Promise<LoggedModel> {
  return change(deps, id, async (tx) => {
    await tables(tx)
      .updateTable('tracking_logged_models')
      .set({ status })
      .where('id', '=', id)
      .execute()
  })
}

/** @throws TRACKING_UNKNOWN */
export async function deleteLoggedModel(deps: TrackingDeps, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await getLoggedModel(tx, id)
    await tables(tx)
      .updateTable('tracking_logged_models')
      .set({ deleted_at: deps.clock.now() })
      .where('id', '=', id)
      .execute()
  })
}

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function setLoggedModelTags(
  deps: TrackingDeps,
  id: string,
  tags: readonly KeyValue[],
): Promise<LoggedModel> {
  for (const { key } of tags) checkKey(key, 'key')
  return change(deps, id, (tx) =>
    putValues(tx, { table: 'tracking_logged_model_tags', id, values: tags }),
  )
}

/** Of two who amend a tag at once, the second sees what the first made of it. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function amendLoggedModelTag(
  deps: TrackingDeps,
  id: string,
  { key, amend }: TagAmendment,
): Promise<LoggedModel> {
  checkKey(key, 'key')
  return change(deps, id, async (tx, { tags }) => {
    const values = [{ key, value: amend(tags[key]) }]
    await putValues(tx, { table: 'tracking_logged_model_tags', id, values })
  })
}

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function logLoggedModelParams(
  deps: TrackingDeps,
  id: string,
  params: readonly KeyValue[],
): Promise<LoggedModel> {
  for (const { key } of params) checkKey(key, 'key')
  return change(deps, id, (tx) =>
    putValues(tx, { table: 'tracking_logged_model_params', id, values: params }),
  )
}

/** @throws TRACKING_UNKNOWN, also for the tag */
export async function deleteLoggedModelTag(
  deps: TrackingDeps,
  id: string,
  key: string,
): Promise<void> {
  await change(deps, id, async (tx) => {
    const { numDeletedRows } = await tables(tx)
      .deleteFrom('tracking_logged_model_tags')
      .where('model_id', '=', id)
      .where('key', '=', key)
      .executeTakeFirst()
    if (numDeletedRows === 0n)
      throw trackingErrors.TRACKING_UNKNOWN({
        detail: `No tag with key '${key}' found for model with ID '${id}'.`,
      })
  })
}

async function change(
  deps: TrackingDeps,
  id: string,
  work: (tx: Tx, before: LoggedModel) => Promise<void>,
): Promise<LoggedModel> {
  return deps.database.transaction(async (tx) => {
    await work(tx, await getLoggedModel(tx, id))
    await tables(tx)
      .updateTable('tracking_logged_models')
      .set({ updated_at: deps.clock.now() })
      .where('id', '=', id)
      .execute()
    return getLoggedModel(tx, id)
  })
}
