import { createId } from '../../base/ids.ts'
import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { tables } from './store.ts'

export type Changed = 'model' | 'name' | 'description' | 'version' | 'stage' | 'alias' | 'tag'

export interface RegistryChange {
  /** `chg_…`, rising with time. */
  readonly id: string
  readonly at: number
  readonly model: string
  /** `null` when it is about the model as a whole; of an alias it is in the values. */
  readonly version: number | null
  readonly what: Changed
  /** The alias or the tag. */
  readonly key: string | null
  /** `null`: there was none. */
  readonly before: string | null
  /** `null`: there is none any more. */
  readonly after: string | null
  /** `loop` when something of the project caused it, else the door that it came through, such as `api`. */
  readonly by: string
  readonly causedBy: string | null
  /** The change that this one took back. */
  readonly undoes: string | null
}

export interface NewChange {
  readonly model: string
  readonly version?: number | undefined
  readonly what: Changed
  readonly key?: string | undefined
  readonly before: string | number | null
  readonly after: string | number | null
  readonly causedBy?: string | null | undefined
  readonly undoes?: string | undefined
}

/** Keeps a change, in its own transaction. What changes nothing is no change. */
export async function recordChange(
  deps: Pick<RegistryDeps, 'clock' | 'by'>,
  tx: Tx,
  change: NewChange,
): Promise<void> {
  const { model, version = null, what, key = null, causedBy = null, undoes = null } = change
  const before = change.before === null ? null : String(change.before)
  const after = change.after === null ? null : String(change.after)
  if (before === after) return
  const at = deps.clock.now()
  const by = causedBy === null ? (deps.by ?? 'api') : 'loop'
  const values = [createId('chg', at), at, model, version, what, key, before, after]
  await directOf(tx).run(KEEP, [...values, by, causedBy, undoes])
}

const KEEP = `insert into registry_changes
  (id, at, model, version, what, key, "before", "after", by, caused_by, undoes)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** The history of a model follows its name. */
export async function renameHistory(tx: Tx, from: string, to: string): Promise<void> {
  await tables(tx)
    .updateTable('registry_changes')
    .set({ model: to })
    .where('model', '=', from)
    .execute()
}

/** The newest first; also of a model that is gone. @throws REGISTRY_UNKNOWN when nothing is known by this name */
export async function listChanges(query: Query, model: string): Promise<readonly RegistryChange[]> {
  const rows = await tables(query)
    .selectFrom('registry_changes')
    .selectAll()
    .where('model', '=', model)
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toChange)
}

/** @throws REGISTRY_CHANGE_UNKNOWN */
export async function getChange(query: Query, id: string): Promise<RegistryChange> {
  const row = await tables(query)
    .selectFrom('registry_changes')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) throw registryErrors.REGISTRY_CHANGE_UNKNOWN({ detail: id })
  return toChange(row)
}

/** The newest change of the same thing: who takes back an older one would take back this one, too. */
export async function newestLike(query: Query, change: RegistryChange): Promise<RegistryChange> {
  const row = await tables(query)
    .selectFrom('registry_changes')
    .selectAll()
    .where('model', '=', change.model)
    .where('what', '=', change.what)
    .where('version', 'is not distinct from', change.version)
    .where('key', 'is not distinct from', change.key)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row === undefined ? change : toChange(row)
}

interface ChangeRow {
  readonly id: string
  readonly at: number
  readonly model: string
  readonly version: number | null
  readonly what: string
  readonly key: string | null
  readonly before: string | null
  readonly after: string | null
  readonly by: string
  readonly caused_by: string | null
  readonly undoes: string | null
}

function toChange({ caused_by, what, ...row }: ChangeRow): RegistryChange {
  return { ...row, what: what as Changed, causedBy: caused_by }
}
