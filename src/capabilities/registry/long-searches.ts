import { directOf } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { FarRead, Page } from '../tracking/index.ts'
import type { ModelVersion, RegisteredModel } from './schema.ts'
import { type RegistrySearch, searchModels, searchVersions } from './search.ts'
import { latestOfModels } from './version-edits.ts'

/** Searches that look at as much as is registered: done where they hold nobody up. */

export interface ModelWithLatest extends RegisteredModel {
  /** The newest of each stage. */
  readonly latest: readonly ModelVersion[]
}

export const modelSearch: FarRead<RegistrySearch, Page<RegisteredModel>> = {
  module: import.meta.url,
  name: 'modelSearch',
  read: searchModels,
  isLong: (query, _search, from) => hasMany(query, 'registry_models', from),
}

export const modelSearchWithLatest: FarRead<RegistrySearch, Page<ModelWithLatest>> = {
  module: import.meta.url,
  name: 'modelSearchWithLatest',
  read: async (database, search) => {
    const page = await searchModels(database, search)
    const names = page.items.map(({ name }) => name)
    const newest = await latestOfModels(database.query, names)
    const latest = Map.groupBy(newest, ({ model }) => model)
    const items = page.items.map((model) => ({ ...model, latest: latest.get(model.name) ?? [] }))
    return { ...page, items }
  },
  // A model may have very many versions.
  isLong: (query, _search, from) => hasMany(query, 'registry_versions', from),
}

export const versionSearch: FarRead<RegistrySearch, Page<ModelVersion>> = {
  module: import.meta.url,
  name: 'versionSearch',
  read: searchVersions,
  isLong: (query, _search, from) => hasMany(query, 'registry_versions', from),
}

async function hasMany(
  query: Query,
  table: 'registry_models' | 'registry_versions',
  from: number,
): Promise<boolean> {
  const sql = `select count(*) as n from (select 1 from ${table} limit ?) as some`
  const [row] = await directOf(query).all<{ n: number | string }>(sql, [from])
  return Number(row?.n ?? 0) >= from
}
