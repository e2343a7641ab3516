import { resolve } from 'node:path'
import type { Query, Tx } from '../../storage/database/port.ts'
import { PROXY_ROOT } from './artifact-path.ts'
import type { TrackingDeps } from './deps.ts'
import { trackingErrors } from './errors.ts'
import { checkKey, checkLength, invalid, KEY_LENGTH } from './names.ts'
import type { Experiment, KeyValue, Lifecycle } from './schema.ts'
import { type ExperimentRow, tables, toExperiment, toValues } from './store.ts'

const NAME_LENGTH = 500
const TAG_VALUE_LENGTH = 20_000

export interface NewExperiment {
  readonly name: string
  readonly artifactLocation?: string | undefined
  readonly tags?: readonly KeyValue[] | undefined
}

/** Gives the new experiment's id. @throws TRACKING_EXISTS (also for a deleted one of that name), TRACKING_INVALID */
export async function createExperiment(deps: TrackingDeps, input: NewExperiment): Promise<string> {
  checkName(input.name)
  for (const tag of input.tags ?? []) checkTag(tag)
  const location = input.artifactLocation ?? ''
  if (location.startsWith('runs:'))
    throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`)
  return deps.database.transaction(async (tx) => {
    const existing = await findByName(tx, input.name)
    if (existing !== null) throw nameTaken(existing)
    const now = deps.clock.now()
    const id = await nextId(tx)
    await tables(tx)
      .insertInto('tracking_experiments')
      .values({
        id,
        name: input.name,
        artifact_location:
          location === '' ? `${deps.artifactRoot ?? PROXY_ROOT}/${id}` : resolveLocal(location),
        lifecycle: 'active',
        created_at: now,
        updated_at: now,
      })
      .execute()
    for (const tag of input.tags ?? []) await putTag(tx, id, tag)
    return String(id)
  })
}

/**
 * Gives Default, which comes with the database, its place where artifacts are kept elsewhere than behind the proxy. Once
 * it has runs it stays where they are.
 */
export async function placeDefault({ database, artifactRoot }: TrackingDeps): Promise<void> {
  if (artifactRoot === undefined || artifactRoot === PROXY_ROOT) return
  await database.transaction((tx) =>
    tables(tx)
      .updateTable('tracking_experiments')
      .set({ artifact_location: `${artifactRoot}/0` })
      .where('id', '=', 0)
      .where('artifact_location', '=', `${PROXY_ROOT}/0`)
      .where((is) =>
        is.not(
          is.exists(is.selectFrom('tracking_runs').select('id').where('experiment_id', '=', 0)),
        ),
      )
      .where((is) =>
        is.not(
          is.exists(
            is.selectFrom('tracking_logged_models').select('id').where('experiment_id', '=', 0),
          ),
        ),
      )
      .execute(),
  )
}

/** A bare path is one of the server's working folder, as MLflow has it. The server itself never reads there. */
function resolveLocal(location: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(location) ? location : resolve(location)
}

function checkName(name: string): void {
  if (name === '') throw invalid(`Invalid experiment name: '${name}'`)
  checkLength('name', NAME_LENGTH, name)
}

function checkTag({ key, value }: KeyValue): void {
  checkKey(key, 'key')
  checkLength('key', KEY_LENGTH, key)
  checkLength('value', TAG_VALUE_LENGTH, value)
}

function nameTaken(experiment: Experiment): Error {
  const hint =
    experiment.lifecycle === 'deleted'
      ? ' in deleted state. You can restore the experiment, or permanently delete the experiment to create a new one.'
      : '.'
  return trackingErrors.TRACKING_EXISTS({
    detail: `Experiment(name=${experiment.name}) already exists${hint}`,
  })
}

export async function nextId(tx: Tx): Promise<number> {
  const { last } = await tables(tx)
    .selectFrom('tracking_experiments')
    .select((select) => select.fn.max('id').as('last'))
    .executeTakeFirstOrThrow()
  return Number(last ?? 0) + 1
}

/** Also a deleted one. @throws TRACKING_UNKNOWN */
export async function getExperiment(query: Query, id: string): Promise<Experiment> {
  const row = /^\d{1,15}$/.test(id)
    ? await tables(query)
        .selectFrom('tracking_experiments')
        .selectAll()
        .where('id', '=', Number(id))
        .executeTakeFirst()
    : undefined
  if (row === undefined)
    throw trackingErrors.TRACKING_UNKNOWN({ detail: `No Experiment with id=${id} exists` })
  return withTags(query, row)
}

/** `null` when there is none; also a deleted one. */
export async function findByName(query: Query, name: string): Promise<Experiment | null> {
  const row = await tables(query)
    .selectFrom('tracking_experiments')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst()
  return row === undefined ? null : withTags(query, row)
}

async function withTags(query: Query, row: ExperimentRow): Promise<Experiment> {
  const tags = await tables(query)
    .selectFrom('tracking_experiment_tags')
    .selectAll()
    .where('experiment_id', '=', row.id)
    .orderBy('key')
    .execute()
  return toExperiment(row, toValues(tags))
}

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID when it is deleted */
export async function requireActive(query: Query, id: string): Promise<Experiment> {
  const experiment = await getExperiment(query, id)
  if (experiment.lifecycle !== 'active')
    throw invalid(
      `The experiment ${id} must be in the 'active' state. Current state is ${experiment.lifecycle}.`,
    )
  return experiment
}

/** @throws TRACKING_UNKNOWN, TRACKING_EXISTS, TRACKING_STATE when it is deleted */
export async function renameExperiment(
  deps: TrackingDeps,
  id: string,
  name: string,
): Promise<void> {
  checkName(name)
  await deps.database.transaction(async (tx) => {
    const experiment = await getExperiment(tx, id)
    if (experiment.lifecycle !== 'active')
      throw trackingErrors.TRACKING_STATE({ detail: 'Cannot rename a non-active experiment.' })
    const existing = await findByName(tx, name)
    if (existing !== null && existing.id !== id) throw nameTaken(existing)
    await change(tx, id, { name, updated_at: deps.clock.now() })
  })
}

/** Its runs follow it, both ways; restoring restores all of them. @throws TRACKING_UNKNOWN */
export async function setExperimentLifecycle(
  deps: TrackingDeps,
  id: string,
  lifecycle: Lifecycle,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const experiment = await getExperiment(tx, id)
    if (experiment.lifecycle === lifecycle)
      throw trackingErrors.TRACKING_UNKNOWN({
        detail: `No ${lifecycle === 'active' ? 'deleted' : 'active'} Experiment with id=${id} exists`,
      })
    await change(tx, id, { lifecycle, updated_at: deps.clock.now() })
    await tables(tx)
      .updateTable('tracking_runs')
      .set({ lifecycle, deleted_at: lifecycle === 'deleted' ? deps.clock.now() : null })
      .where('experiment_id', '=', Number(id))
      .where('lifecycle', '<>', lifecycle)
      .execute()
  })
}

async function change(
  tx: Tx,
  id: string,
  values: { name?: string; lifecycle?: Lifecycle; updated_at: number },
): Promise<void> {
  await tables(tx)
    .updateTable('tracking_experiments')
    .set(values)
    .where('id', '=', Number(id))
    .execute()
}

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function setExperimentTag(
  deps: TrackingDeps,
  id: string,
  tag: KeyValue,
): Promise<void> {
  checkTag(tag)
  await deps.database.transaction(async (tx) => {
    await requireActive(tx, id)
    await putTag(tx, Number(id), tag)
  })
}

async function putTag(tx: Tx, experimentId: number, { key, value }: KeyValue): Promise<void> {
  await tables(tx)
    .insertInto('tracking_experiment_tags')
    .values({ experiment_id: experimentId, key, value })
    .onConflict((conflict) => conflict.columns(['experiment_id', 'key']).doUpdateSet({ value }))
    .execute()
}

/** @throws TRACKING_UNKNOWN, also for the tag */
export async function deleteExperimentTag(
  deps: TrackingDeps,
  id: string,
  key: string,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await requireActive(tx, id)
    const { numDeletedRows } = await tables(tx)
      .deleteFrom('tracking_experiment_tags')
      .where('experiment_id', '=', Number(id))
      .where('key', '=', key)
      .executeTakeFirst()
    if (numDeletedRows === 0n)
      throw trackingErrors.TRACKING_UNKNOWN({
        detail: `No tag with name: ${key} in experiment with id ${id}`,
      })
  })
}
