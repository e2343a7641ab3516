import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { aliasSet } from './events.ts'
import { getModel, touchModel } from './models.ts'
import { checkAlias, checkAliasIsFree } from './names.ts'
import { recordChange } from './changes.ts'
import type { AliasChange, ModelVersion, SetAlias } from './schema.ts'
import { tables } from './store.ts'
import { getVersion } from './versions.ts'

/** Points the alias at the version, in the caller's transaction. Setting it where it stands changes nothing. */
export async function setAlias(deps: RegistryDeps, tx: Tx, input: SetAlias): Promise<void> {
  const { model, alias, version } = input
  checkAlias(alias)
  checkAliasIsFree(alias)
  await getVersion(tx, model, version)
  const previous = await aliasVersion(tx, model, alias)
  if (previous === version) return
  await tables(tx)
    .insertInto('registry_aliases')
    .values({ model, alias, version })
    .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version }))
    .execute()
  await announceChange(deps, tx, { ...input, previous })
}

/** An alias that is not there is no error. @throws REGISTRY_UNKNOWN */
export async function deleteAlias(
  deps: RegistryDeps,
  tx: Tx,
  input: Omit<SetAlias, 'version'>,
): Promise<void> {
  const { model, alias } = input
  checkAlias(alias)
  await getModel(tx, model)
  const previous = await aliasVersion(tx, model, alias)
  if (previous === null) return
  await tables(tx)
    .deleteFrom('registry_aliases')
    .where('model', '=', model)
    .where('alias', '=', alias)
    .execute()
  await announceChange(deps, tx, { ...input, version: null, previous })
}

type Change = Omit<SetAlias, 'version'> & { version: number | null; previous: number | null }

async function announceChange(deps: RegistryDeps, tx: Tx, change: Change): Promise<void> {
  const now = deps.clock.now()
  await touchModel(tx, change.model, now)
  const eventId = await deps.publish(tx, aliasSet(change))
  await tables(tx)
    .insertInto('registry_alias_changes')
    .values({
      event_id: eventId,
      model: change.model,
      alias: change.alias,
      version: change.version,
      previous: change.previous,
      caused_by: change.causedBy,
      at: now,
    })
    .execute()
  const { model, alias, version, previous, causedBy, undoes } = change
  const values = { before: previous, after: version, causedBy, undoes }
  await recordChange(deps, tx, { model, what: 'alias', key: alias, ...values })
}

async function aliasVersion(query: Query, model: string, alias: string): Promise<number | null> {
  const [row] = await directOf(query).all<{ version: number }>(VERSION_OF, [model, alias])
  return row?.version ?? null
}

const VERSION_OF = 'select version from registry_aliases where model = ? and alias = ?'

/** `null` when the model or the alias does not exist. */
export async function findByAlias(
  query: Query,
  model: string,
  alias: string,
): Promise<ModelVersion | null> {
  const version = await aliasVersion(query, model, alias)
  return version === null ? null : getVersion(query, model, version)
}

/** `latest` reads the newest version. @throws REGISTRY_UNKNOWN, REGISTRY_ALIAS_UNKNOWN, REGISTRY_INVALID */
export async function getByAlias(
  query: Query,
  model: string,
  alias: string,
): Promise<ModelVersion> {
  checkAlias(alias)
  const version =
    alias.toLowerCase() === 'latest'
      ? await latestVersion(query, model)
      : await aliasVersion(query, model, alias)
  if (version !== null) return getVersion(query, model, version)
  await getModel(query, model)
  throw registryErrors.REGISTRY_ALIAS_UNKNOWN({
    detail: `Registered model alias ${alias} not found.`,
  })
}

async function latestVersion(query: Query, model: string): Promise<number> {
  const row = await tables(query)
    .selectFrom('registry_versions')
    .select('version')
    .where('model', '=', model)
    .where('deleted_at', 'is', null)
    .orderBy('version', 'desc')
    .executeTakeFirst()
  if (row !== undefined) return row.version
  throw registryErrors.REGISTRY_UNKNOWN({ detail: `Latest version not found for model ${model}.` })
}

/** Oldest first. */
export async function listAliasChanges(
  query: Query,
  model: string,
): Promise<readonly AliasChange[]> {
  const rows = await tables(query)
    .selectFrom('registry_alias_changes')
    .selectAll()
    .where('model', '=', model)
    .orderBy('event_id')
    .execute()
  return rows.map(({ event_id, caused_by, ...row }) => ({
    ...row,
    eventId: event_id,
    causedBy: caused_by,
  }))
}
