import type { Query, Tx } from '../../storage/database/port.ts'
import { deleteAlias } from './aliases.ts'
import { recordChange } from './changes.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { versionTagDeleted, versionTagSet } from './events.ts'
import { getModel, touchModel } from './models.ts'
import { checkTag, stageOf } from './names.ts'
import { type ModelVersion, type Stage, STAGES } from './schema.ts'
import { completeVersions, tables } from './store.ts'
import { getVersion } from './versions.ts'

interface VersionName {
  readonly model: string
  readonly version: number
}

/** @throws REGISTRY_UNKNOWN */
export async function describeVersion(
  deps: RegistryDeps,
  { model, version }: VersionName,
  description: string,
): Promise<ModelVersion> {
  return deps.database.transaction(async (tx) => {
    const { description: before } = await getVersion(tx, model, version)
    const change = { model, version, what: 'description', before, after: description } as const
    await recordChange(deps, tx, change)
    await update(tx, { model, version }, { description, updated_at: deps.clock.now() })
    return getVersion(tx, model, version)
  })
}

/**
 * MLflow's deprecated stages. Archiving moves the other versions of that stage away.
 * @throws REGISTRY_UNKNOWN, REGISTRY_INVALID (stage), REGISTRY_STAGE (archiving for another stage)
 */
export async function transitionStage(
  deps: RegistryDeps,
  { model, version }: VersionName,
  wanted: { readonly stage: string; readonly archiveExisting: boolean },
): Promise<ModelVersion> {
  const stage = stageOf(wanted.stage)
  if (wanted.archiveExisting && stage !== 'Staging' && stage !== 'Production')
    throw registryErrors.REGISTRY_STAGE({
      detail: `Model version transition cannot archive existing model versions because '${wanted.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    })
  return deps.database.transaction(async (tx) => {
    await getVersion(tx, model, version)
    if (wanted.archiveExisting) await archiveOthers(deps, tx, { model, version, stage })
    await moveToStage(deps, tx, { model, version, stage })
    return getVersion(tx, model, version)
  })
}

interface StageMove extends VersionName {
  readonly stage: string
  /** The change in the history that this takes back. */
  readonly undoes?: string | undefined
}

/** Moves one version and keeps that it moved, in the caller's transaction. @throws REGISTRY_UNKNOWN */
export async function moveToStage(deps: RegistryDeps, tx: Tx, move: StageMove): Promise<void> {
  const { model, version, undoes } = move
  const stage = stageOf(move.stage)
  const now = deps.clock.now()
  const { stage: before } = await getVersion(tx, model, version)
  await update(tx, { model, version }, { stage, updated_at: now })
  await touchModel(tx, model, now)
  await recordChange(deps, tx, { model, version, what: 'stage', before, after: stage, undoes })
}

async function archiveOthers(
  deps: RegistryDeps,
  tx: Tx,
  { model, version, stage }: StageMove,
): Promise<void> {
  const others = await tables(tx)
    .selectFrom('registry_versions')
    .select('version')
    .where('model', '=', model)
    .where('version', '<>', version)
    .where('stage', '=', stage)
    .where('deleted_at', 'is', null)
    .execute()
  for (const other of others)
    await moveToStage(deps, tx, { model, version: other.version, stage: 'Archived' })
}

/** The number stays taken and its aliases go. @throws REGISTRY_UNKNOWN */
export async function deleteVersion(
  deps: RegistryDeps,
  { model, version }: VersionName,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const now = deps.clock.now()
    const { aliases } = await getVersion(tx, model, version)
    for (const alias of aliases) await deleteAlias(deps, tx, { model, alias, causedBy: null })
    await update(tx, { model, version }, { deleted_at: now, updated_at: now })
    await recordChange(deps, tx, { model, version, what: 'version', before: version, after: null })
    await touchModel(tx, model, now)
  })
}

interface VersionChange {
  readonly description?: string
  readonly stage?: Stage
  readonly updated_at: number
  readonly deleted_at?: number
}

async function update(tx: Tx, { model, version }: VersionName, change: VersionChange) {
  await tables(tx)
    .updateTable('registry_versions')
    .set(change)
    .where('model', '=', model)
    .where('version', '=', version)
    .execute()
}

/** @throws REGISTRY_UNKNOWN, TRACKING_INVALID */
export async function setVersionTag(
  deps: RegistryDeps,
  { model, version }: VersionName,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<void> {
  checkTag(key, value)
  await deps.database.transaction(async (tx) => {
    const { tags } = await getVersion(tx, model, version)
    const values = { before: tags[key] ?? null, after: value }
    await recordChange(deps, tx, { model, version, what: 'tag', key, ...values })
    await tables(tx)
      .insertInto('registry_version_tags')
      .values({ model, version, key, value })
      .onConflict((conflict) =>
        conflict.columns(['model', 'version', 'key']).doUpdateSet({ value }),
      )
      .execute()
    await deps.publish(tx, versionTagSet({ model, version, key, value }))
  })
}

/** A tag that is not there is no error. @throws REGISTRY_UNKNOWN */
export async function deleteVersionTag(
  deps: RegistryDeps,
  { model, version }: VersionName,
  key: string,
): Promise<void> {
  checkTag(key, '')
  await deps.database.transaction(async (tx) => {
    const { tags } = await getVersion(tx, model, version)
    const values = { before: tags[key] ?? null, after: null }
    await recordChange(deps, tx, { model, version, what: 'tag', key, ...values })
    await tables(tx)
      .deleteFrom('registry_version_tags')
      .where('model', '=', model)
      .where('version', '=', version)
      .where('key', '=', key)
      .execute()
    await deps.publish(tx, versionTagDeleted({ model, version, key }))
  })
}

/** The newest version of each stage asked for, of all when none is. @throws REGISTRY_UNKNOWN, REGISTRY_INVALID */
export async function latestVersions(
  query: Query,
  model: string,
  stages: readonly string[] = [],
): Promise<readonly ModelVersion[]> {
  await getModel(query, model)
  return latestOfModels(query, [model], stages.length === 0 ? STAGES : stages.map(stageOf))
}

/** The newest version of each of the stages that each model has, one question for all models. */
export async function latestOfModels(
  query: Query,
  models: readonly string[],
  stages: readonly string[] = STAGES,
): Promise<readonly ModelVersion[]> {
  if (models.length === 0) return []
  const rows = await tables(query)
    .selectFrom('registry_versions as one')
    .selectAll()
    .where('model', 'in', models)
    .where('stage', 'in', stages)
    .where('deleted_at', 'is', null)
    .where('version', '=', (select) =>
      select
        .selectFrom('registry_versions as other')
        .select((inner) => inner.fn.max('other.version').as('newest'))
        .whereRef('other.model', '=', 'one.model')
        .whereRef('other.stage', '=', 'one.stage')
        .where('other.deleted_at', 'is', null),
    )
    .orderBy('version')
    .execute()
  return completeVersions(query, rows)
}
