import type { Query, Tx } from '../../storage/database/port.ts'
import type { DatasetVersion } from './schema.ts'

type VersionRow = {
  id: string
  dataset: string
  md5: string
  size: number
  nfiles: number | null
  rows: number | null
  git_commit: string | null
  created_at: number
  caused_by: string | null
}
type DatasetTables = { datasets_versions: VersionRow }

export async function insertVersion(tx: Tx, version: DatasetVersion): Promise<void> {
  const { commit, createdAt, causedBy, ...rest } = version
  await tx
    .withTables<DatasetTables>()
    .insertInto('datasets_versions')
    .values({ ...rest, git_commit: commit, created_at: createdAt, caused_by: causedBy })
    .execute()
}

export interface VersionFilter {
  readonly dataset?: string | undefined
  readonly md5?: string | undefined
  readonly limit?: number | undefined
}

/** Newest first. */
export async function listVersions(
  query: Query,
  filter: VersionFilter = {},
): Promise<readonly DatasetVersion[]> {
  let select = query.withTables<DatasetTables>().selectFrom('datasets_versions').selectAll()
  if (filter.dataset !== undefined) select = select.where('dataset', '=', filter.dataset)
  if (filter.md5 !== undefined) select = select.where('md5', '=', filter.md5)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toVersion)
}

export async function findVersion(query: Query, id: string): Promise<DatasetVersion | null> {
  const row = await query
    .withTables<DatasetTables>()
    .selectFrom('datasets_versions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toVersion(row)
}

function toVersion(row: VersionRow): DatasetVersion {
  const { git_commit, created_at, caused_by, ...rest } = row
  return { ...rest, commit: git_commit, createdAt: created_at, causedBy: caused_by }
}
