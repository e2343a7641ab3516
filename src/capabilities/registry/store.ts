import type { Insertable, Selectable } from 'kysely'
import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { ModelVersion, RegisteredModel, Stage, Tags } from './schema.ts'

type VersionTable = {
  model: string
  version: number
  description: string | null
  user_id: string | null
  stage: string
  status: string
  source: string
  location: string
  digest: string | null
  logged_model_id: string | null
  run_id: string | null
  run_link: string | null
  pipeline_run_id: string | null
  data_md5: string | null
  git_commit: string | null
  train_from: number | null
  train_until: number | null
  caused_by: string | null
  once_key: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}
export type VersionRow = Selectable<VersionTable>
export type NewVersionRow = Insertable<VersionTable>

export type ModelRow = {
  name: string
  description: string | null
  created_at: number
  updated_at: number
}

export type RegistryTables = {
  registry_models: ModelRow
  registry_model_tags: { model: string; key: string; value: string }
  registry_versions: VersionTable
  registry_version_tags: { model: string; version: number; key: string; value: string }
  registry_aliases: { model: string; alias: string; version: number }
  registry_changes: {
    id: string
    at: number
    model: string
    version: number | null
    what: string
    key: string | null
    before: string | null
    after: string | null
    by: string
    caused_by: string | null
    undoes: string | null
  }
  registry_alias_changes: {
    event_id: string
    model: string
    alias: string
    version: number | null
    previous: number | null
    caused_by: string | null
    at: number
  }
}

export function tables(query: Query) {
  return query.withTables<RegistryTables>()
}

/** Adds tags and aliases to rows of models: two queries, however many rows. */
export async function completeModels(
  query: Query,
  rows: readonly ModelRow[],
): Promise<readonly RegisteredModel[]> {
  if (rows.length === 0) return []
  const direct = directOf(query)
  const names = rows.map((row) => row.name)
  const where = `where model in (${placeholders(names.length)})`
  const tags = await direct.all<RegistryTables['registry_model_tags']>(
    `select model, key, value from registry_model_tags ${where} order by key`,
    filled(names),
  )
  const aliases = await direct.all<AliasRow>(
    `select model, alias, version from registry_aliases ${where} order by alias`,
    filled(names),
  )
  return rows.map((row) => ({
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tags: toTags(tags.filter((tag) => tag.model === row.name)),
    aliases: aliases
      .filter((alias) => alias.model === row.name)
      .map(({ alias, version }) => ({ alias, version })),
  }))
}

/** Adds tags and aliases to rows of versions: two queries, however many rows. */
export async function completeVersions(
  query: Query,
  rows: readonly VersionRow[],
): Promise<readonly ModelVersion[]> {
  const [first] = rows
  if (first === undefined) return []
  const { tags, aliases } = await namesOf(query, rows, first)
  const tagsOf = Map.groupBy(tags, (tag) => `${tag.version}/${tag.model}`)
  const aliasesOf = Map.groupBy(aliases, (alias) => `${alias.version}/${alias.model}`)
  return rows.map((row) => {
    const key = `${row.version}/${row.model}`
    return toVersion(
      row,
      toTags(tagsOf.get(key) ?? []),
      (aliasesOf.get(key) ?? []).map((one) => one.alias),
    )
  })
}

type VersionTagRow = RegistryTables['registry_version_tags']
type AliasRow = RegistryTables['registry_aliases']

// One version is asked for most often, and of a model that has thousands.
async function namesOf(query: Query, rows: readonly VersionRow[], first: VersionRow) {
  const names = [...new Set(rows.map((row) => row.model))]
  const where =
    rows.length === 1 ? 'model = ? and version = ?' : `model in (${placeholders(names.length)})`
  const values = rows.length === 1 ? [first.model, first.version] : filled(names)
  const direct = directOf(query)
  const tags = await direct.all<VersionTagRow>(
    `select model, version, key, value from registry_version_tags where ${where} order by key`,
    values,
  )
  const aliases = await direct.all<AliasRow>(
    `select model, alias, version from registry_aliases where ${where} order by alias`,
    values,
  )
  return { tags, aliases }
}

function toTags(rows: readonly { readonly key: string; readonly value: string }[]): Tags {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

/** As it is read back when it has just been written. */
export function toNewVersion(row: VersionRow, tags: Tags): ModelVersion {
  const sorted = Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return toVersion(row, Object.fromEntries(sorted), [])
}

function toVersion(row: VersionRow, tags: Tags, aliases: readonly string[]): ModelVersion {
  return {
    model: row.model,
    version: row.version,
    description: row.description,
    userId: row.user_id,
    stage: row.stage as Stage,
    status: 'READY',
    source: row.source,
    location: row.location,
    digest: row.digest,
    loggedModelId: row.logged_model_id,
    runId: row.run_id,
    runLink: row.run_link,
    pipelineRunId: row.pipeline_run_id,
    dataMd5: row.data_md5,
    gitCommit: row.git_commit,
    trainFrom: row.train_from,
    trainUntil: row.train_until,
    causedBy: row.caused_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tags,
    aliases,
  }
}
