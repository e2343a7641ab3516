import type { ForeignDatabase, ForeignRow } from '../../../storage/database/foreign.ts'
import { all, hasTable, number, selectList, text, textOrNull, inWorkspace } from './columns.ts'
import type { SourceModel, SourceVersion } from './source.ts'

/** The registry in MLflow's database. Aliases came with 2.3. */
export async function* databaseModels(db: ForeignDatabase): AsyncIterable<SourceModel> {
  if (!(await hasTable(db, 'registered_models'))) return
  const columns = await selectList(db, 'registered_models', [
    'name',
    'creation_time',
    'last_updated_time',
    'description',
    'workspace',
  ])
  for (const row of await all(db, `select ${columns} from registered_models order by name`)) {
    const owner = await ownerIn(db, 'registered_model_tags', keyOf(row))
    const tags = await all(
      db,
      `select "key", value from registered_model_tags where ${owner.where}`,
      owner.values,
    )
    const createdAt = number(row.creation_time)
    yield {
      key: keyOf(row),
      name: inWorkspace(row, '.'),
      description: textOrNull(row.description),
      createdAt,
      updatedAt: number(row.last_updated_time, createdAt),
      tags: toTags(tags),
      aliases: await aliasesOf(db, keyOf(row)),
    }
  }
}

// Workspace and name; older schemas have no workspace.
function keyOf(row: ForeignRow): string {
  return `${text(row.workspace)}/${text(row.name)}`
}

async function ownerIn(db: ForeignDatabase, table: string, key: string) {
  const workspace = key.slice(0, key.indexOf('/'))
  const name = key.slice(key.indexOf('/') + 1)
  return (await db.columns(table)).has('workspace')
    ? { where: 'name = ? and workspace = ?', values: [name, workspace] }
    : { where: 'name = ?', values: [name] }
}

async function aliasesOf(db: ForeignDatabase, key: string): Promise<SourceModel['aliases']> {
  if (!(await hasTable(db, 'registered_model_aliases'))) return []
  const owner = await ownerIn(db, 'registered_model_aliases', key)
  const rows = await all(
    db,
    `select alias, version from registered_model_aliases where ${owner.where} order by alias`,
    owner.values,
  )
  return rows.map((row) => ({ alias: text(row.alias), version: number(row.version) }))
}

function toTags(rows: readonly ForeignRow[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map((row) => [text(row.key), text(row.value)]))
}

export async function* databaseVersions(
  db: ForeignDatabase,
  { key }: SourceModel,
): AsyncIterable<SourceVersion> {
  const columns = await selectList(db, 'model_versions', [
    'version',
    'creation_time',
    'last_updated_time',
    'description',
    'user_id',
    'current_stage',
    'source',
    'run_id',
    'status',
    'run_link',
    'storage_location',
  ])
  const owner = await ownerIn(db, 'model_versions', key)
  const tagged = await ownerIn(db, 'model_version_tags', key)
  const rows = db.rows(
    `select ${columns} from model_versions where ${owner.where} order by version`,
    owner.values,
  )
  for await (const row of rows) {
    const tags = await all(
      db,
      `select "key", value from model_version_tags where ${tagged.where} and version = cast(? as integer)`,
      [...tagged.values, text(row.version)],
    )
    yield toVersion(row, toTags(tags))
  }
}

function toVersion(row: ForeignRow, tags: SourceVersion['tags']): SourceVersion {
  const createdAt = number(row.creation_time)
  const source = text(row.source)
  return {
    version: number(row.version),
    description: textOrNull(row.description),
    userId: textOrNull(row.user_id),
    stage: text(row.current_stage) === '' ? 'None' : text(row.current_stage),
    status: text(row.status) === '' ? 'READY' : text(row.status),
    source,
    storageLocation: textOrNull(row.storage_location),
    loggedModelId: /^models:\/+(m-[\w-]+)$/.exec(source)?.[1] ?? null,
    runId: textOrNull(row.run_id),
    runLink: textOrNull(row.run_link),
    createdAt,
    updatedAt: number(row.last_updated_time, createdAt),
    tags,
  }
}
