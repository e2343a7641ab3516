import type { Tx } from '../../storage/database/port.ts'
import { deleteAlias, setAlias } from './aliases.ts'
import { getChange, newestLike, type RegistryChange } from './changes.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { moveToStage } from './version-edits.ts'

/**
 * Takes back a change of an alias or a stage, which is a change of its own.
 * @throws REGISTRY_CHANGE_UNKNOWN, REGISTRY_NOT_UNDOABLE, REGISTRY_CHANGED when it was changed since, REGISTRY_UNKNOWN
 * when the version of before is gone
 */
export async function undoChange(deps: RegistryDeps, id: string): Promise<RegistryChange> {
  return deps.database.transaction(async (tx) => {
    const change = await getChange(tx, id)
    if (change.what !== 'alias' && change.what !== 'stage')
      throw registryErrors.REGISTRY_NOT_UNDOABLE({
        detail: `${id} is a change of a ${change.what}`,
      })
    const newest = await newestLike(tx, change)
    if (newest.id !== id)
      throw registryErrors.REGISTRY_CHANGED({
        detail: `${newest.id} changed it to ${newest.after ?? 'nothing'} after ${id}`,
      })
    await putBack(deps, tx, change)
    return newestLike(tx, change)
  })
}

async function putBack(deps: RegistryDeps, tx: Tx, change: RegistryChange): Promise<void> {
  const { model, key, before, id } = change
  if (change.what === 'stage' && change.version !== null)
    await moveToStage(deps, tx, {
      model,
      version: change.version,
      stage: before ?? 'None',
      undoes: id,
    })
  if (change.what !== 'alias' || key === null) return
  const alias = { model, alias: key, causedBy: null, undoes: id }
  await (before === null
    ? deleteAlias(deps, tx, alias)
    : setAlias(deps, tx, { ...alias, version: Number(before) }))
}
