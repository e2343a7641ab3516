import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import { recordChange, renameHistory } from './changes.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { modelCreated, modelTagDeleted, modelTagSet } from './events.ts'
import { checkModelName, checkTag } from './names.ts'
import type { RegisteredModel, Tags } from './schema.ts'
import { completeModels, type ModelRow, tables } from './store.ts'

export interface NewModel {
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: Tags | undefined
}

/** @throws REGISTRY_EXISTS, REGISTRY_INVALID */
export async function createModel(deps: RegistryDeps, input: NewModel): Promise<RegisteredModel> {
  checkModelName(input.name)
  for (const [key, value] of Object.entries(input.tags ?? {})) checkTag(key, value)
  await deps.database.transaction(async (tx) => {
    if (!(await addModel(tx, input, deps.clock.now())))
      throw registryErrors.REGISTRY_EXISTS({
        detail: `Registered Model (name=${input.name}) already exists.`,
      })
    for (const [key, value] of Object.entries(input.tags ?? {}))
      await putModelTag(tx, input.name, { key, value })
    await recordChange(deps, tx, {
      model: input.name,
      what: 'model',
      before: null,
      after: input.name,
    })
    await deps.publish(tx, modelCreated(input.name))
  })
  return getModel(deps.database.query, input.name)
}

const ADD_MODEL = `insert into registry_models (name, description, created_at, updated_at) values (?, ?, ?, ?)
  on conflict (name) do nothing`

/** `false` when the name is taken; the model that has it stays as it is. */
export async function addModel(tx: Tx, input: NewModel, now: number): Promise<boolean> {
  const { name, description = null } = input
  return (await directOf(tx).run(ADD_MODEL, [name, description, now, now])) > 0
}

const GET_MODEL = 'select * from registry_models where name = ?'

/** @throws REGISTRY_UNKNOWN */
export async function getModel(query: Query, name: string): Promise<RegisteredModel> {
  const rows = await directOf(query).all<ModelRow>(GET_MODEL, [name])
  const [model] = await completeModels(query, rows)
  if (model === undefined) throw unknownModel(name)
  return model
}

export function unknownModel(name: string): Error {
  return registryErrors.REGISTRY_UNKNOWN({ detail: `Registered Model with name=${name} not found` })
}

const TOUCH = 'update registry_models set updated_at = ? where name = ?'

/** Tells that something about the model changed; `false` when there is none of this name. */
export async function touchIfKnown(tx: Tx, name: string, now: number): Promise<boolean> {
  return (await directOf(tx).run(TOUCH, [now, name])) > 0
}

/** @throws REGISTRY_UNKNOWN */
export async function touchModel(tx: Tx, name: string, now: number): Promise<void> {
  if (!(await touchIfKnown(tx, name, now))) throw unknownModel(name)
}

/** @throws REGISTRY_UNKNOWN */
export async function describeModel(
  deps: RegistryDeps,
  name: string,
  description: string,
): Promise<RegisteredModel> {
  await deps.database.transaction(async (tx) => {
    const { description: before } = await getModel(tx, name)
    await touchModel(tx, name, deps.clock.now())
    await recordChange(deps, tx, { model: name, what: 'description', before, after: description })
    await tables(tx)
      .updateTable('registry_models')
      .set({ description })
      .where('name', '=', name)
      .execute()
  })
  return getModel(deps.database.query, name)
}

/** Versions, tags and aliases go along. @throws REGISTRY_UNKNOWN, REGISTRY_EXISTS, REGISTRY_INVALID */
export async function renameModel(
  deps: RegistryDeps,
  name: string,
  newName: string,
): Promise<RegisteredModel> {
  checkModelName(newName)
  await deps.database.transaction(async (tx) => {
    const db = tables(tx)
    await touchModel(tx, name, deps.clock.now())
    const taken = await db
      .selectFrom('registry_models')
      .select('name')
      .where('name', '=', newName)
      .executeTakeFirst()
    if (taken !== undefined)
      throw registryErrors.REGISTRY_EXISTS({
        detail: `Registered Model (name=${newName}) already exists.`,
      })
    await db
      .updateTable('registry_models')
      .set({ name: newName })
      .where('name', '=', name)
      .execute()
    await renameHistory(tx, name, newName)
    await recordChange(deps, tx, { model: newName, what: 'name', before: name, after: newName })
  })
  return getModel(deps.database.query, newName)
}

/** Takes all versions with it; the history of its aliases stays. @throws REGISTRY_UNKNOWN */
export async function deleteModel(deps: RegistryDeps, name: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await touchModel(tx, name, deps.clock.now())
    await tables(tx).deleteFrom('registry_models').where('name', '=', name).execute()
    await recordChange(deps, tx, { model: name, what: 'model', before: name, after: null })
  })
}

/** @throws REGISTRY_UNKNOWN, REGISTRY_INVALID */
export async function setModelTag(
  deps: RegistryDeps,
  name: string,
  tag: { readonly key: string; readonly value: string },
): Promise<void> {
  checkTag(tag.key, tag.value)
  await deps.database.transaction(async (tx) => {
    const { tags } = await getModel(tx, name)
    await putModelTag(tx, name, tag)
    const values = { before: tags[tag.key] ?? null, after: tag.value }
    await recordChange(deps, tx, { model: name, what: 'tag', key: tag.key, ...values })
    await deps.publish(tx, modelTagSet({ model: name, ...tag }))
  })
}

async function putModelTag(
  tx: Tx,
  model: string,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<void> {
  await tables(tx)
    .insertInto('registry_model_tags')
    .values({ model, key, value })
    .onConflict((conflict) => conflict.columns(['model', 'key']).doUpdateSet({ value }))
    .execute()
}

/** A tag that is not there is no error. @throws REGISTRY_UNKNOWN */
export async function deleteModelTag(deps: RegistryDeps, name: string, key: string): Promise<void> {
  checkTag(key, '')
  await deps.database.transaction(async (tx) => {
    const { tags } = await getModel(tx, name)
    const values = { before: tags[key] ?? null, after: null }
    await recordChange(deps, tx, { model: name, what: 'tag', key, ...values })
    await tables(tx)
      .deleteFrom('registry_model_tags')
      .where('model', '=', name)
      .where('key', '=', key)
      .execute()
    await deps.publish(tx, modelTagDeleted({ model: name, key }))
  })
}
