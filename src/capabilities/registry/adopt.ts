import type { Tx } from '../../storage/database/port.ts'
import { recordChange } from './changes.ts'
import type { RegistryDeps } from './deps.ts'
import { addModel } from './models.ts'
import { checkAlias, checkModelName } from './names.ts'
import { type Alias, type RegisteredModel, type Tags } from './schema.ts'
import { type NewVersionRow, tables } from './store.ts'

/** A version that was numbered elsewhere. */
export type AdoptedVersion = Omit<NewVersionRow, 'once_key'> & { readonly tags: Tags }

/** Takes over a model; one of the same name keeps its description and gets the tags that it lacks. */
export async function adoptModel(
  tx: Tx,
  model: Omit<RegisteredModel, 'aliases'>,
): Promise<{ readonly isNew: boolean }> {
  checkModelName(model.name)
  const isNew = await addModel(
    tx,
    { name: model.name, description: model.description ?? undefined },
    model.createdAt,
  )
  if (isNew)
    await tables(tx)
      .updateTable('registry_models')
      .set({ updated_at: model.updatedAt })
      .where('name', '=', model.name)
      .execute()
  for (const [key, value] of Object.entries(model.tags))
    await tables(tx)
      .insertInto('registry_model_tags')
      .values({ model: model.name, key, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return { isNew }
}

/**
 * Takes over a version under its number. `conflict`: that number is another version here, which stays.
 * Announces nothing: what happened elsewhere is no news that the loop should act on.
 */
export async function adoptVersion(
  deps: RegistryDeps,
  tx: Tx,
  { tags, ...row }: AdoptedVersion,
): Promise<'new' | 'known' | 'conflict'> {
  const existing = await tables(tx)
    .selectFrom('registry_versions')
    .select(['source', 'created_at'])
    .where('model', '=', row.model)
    .where('version', '=', row.version)
    .executeTakeFirst()
  if (existing === undefined) await insertVersion(deps, tx, row)
  else if (existing.created_at !== row.created_at) return 'conflict'
  for (const [key, value] of Object.entries(tags))
    await tables(tx)
      .insertInto('registry_version_tags')
      .values({ model: row.model, version: row.version, key, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return existing === undefined ? 'new' : 'known'
}

async function insertVersion(deps: RegistryDeps, tx: Tx, row: NewVersionRow): Promise<void> {
  await tables(tx).insertInto('registry_versions').values(row).execute()
  const { model, version } = row
  await recordChange(deps, tx, { model, version, what: 'version', before: null, after: version })
}

/** Takes over an alias; one that stands here already stays where it stands. */
export async function adoptAlias(
  deps: RegistryDeps,
  tx: Tx,
  model: string,
  { alias, version }: Alias,
): Promise<'new' | 'known'> {
  checkAlias(alias)
  const inserted = await tables(tx)
    .insertInto('registry_aliases')
    .values({ model, alias, version })
    .onConflict((conflict) => conflict.doNothing())
    .returning('alias')
    .executeTakeFirst()
  if (inserted === undefined) return 'known'
  await recordChange(deps, tx, { model, what: 'alias', key: alias, before: null, after: version })
  return 'new'
}
