import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import { tables } from './store.ts'

/** What the versions that are not deleted stand on. */
export interface RegistryUses {
  readonly runIds: ReadonlySet<string>
  readonly modelIds: ReadonlySet<string>
  readonly locations: readonly string[]
}

export async function listUses(query: Query): Promise<RegistryUses> {
  const rows = await tables(query)
    .selectFrom('registry_versions')
    .select(['run_id', 'logged_model_id', 'location'])
    .where('deleted_at', 'is', null)
    .execute()
  return {
    runIds: new Set(rows.flatMap(({ run_id }) => (run_id === null ? [] : [run_id]))),
    modelIds: new Set(rows.flatMap((row) => row.logged_model_id ?? [])),
    locations: rows.map(({ location }) => location),
  }
}

/** Whether a version that is not deleted came from this run or logged model. */
export async function isInUse(query: Query, id: string): Promise<boolean> {
  const rows = await directOf(query).all(
    'select 1 from registry_versions where deleted_at is null and (run_id = ? or logged_model_id = ?) limit 1',
    [id, id],
  )
  return rows.length > 0
}

export interface DeletedVersion {
  readonly model: string
  readonly version: number
  readonly digest: string | null
}

/** Deleted versions of which more than their number is left. */
export async function listPurgeableVersions(
  query: Query,
  before: number,
): Promise<readonly DeletedVersion[]> {
  return tables(query)
    .selectFrom('registry_versions')
    .select(['model', 'version', 'digest'])
    .where('deleted_at', '<', before)
    .where('location', '<>', '')
    .orderBy('model')
    .orderBy('version')
    .execute()
}

/** Leaves of a deleted version its number, which is never given again. How many rows went or were emptied. */
export async function purgeVersion(tx: Tx, model: string, version: number): Promise<number> {
  const direct = directOf(tx)
  const emptied = await direct.run(
    `update registry_versions set source = '', location = '', digest = null, description = null, run_id = null,
       logged_model_id = null, run_link = null, user_id = null, data_md5 = null, git_commit = null
     where model = ? and version = ? and deleted_at is not null`,
    [model, version],
  )
  if (emptied === 0) return 0
  const tags = 'delete from registry_version_tags where model = ? and version = ?'
  return emptied + (await direct.run(tags, [model, version]))
}

/** Hashes of all blobs that a version names, also a deleted one of which the files are still there. */
export async function listDigests(query: Query): Promise<ReadonlySet<string>> {
  const rows = await tables(query)
    .selectFrom('registry_versions')
    .select('digest')
    .distinct()
    .where('digest', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ digest }) => digest ?? []))
}
