export type { AdoptedVersion } from './adopt.ts'
export type { LoggedModelSource, RegistryDeps } from './deps.ts'
export type { RegistryChange } from './changes.ts'
export { registryErrors } from './errors.ts'
export type { ModelWithLatest } from './long-searches.ts'
export type { NewModel } from './models.ts'
export { createRegistry, type Registry } from './registry.ts'
export {
  type Alias,
  type AliasChange,
  CHAMPION,
  type Lineage,
  type ModelVersion,
  type NewVersion,
  PROMPT_TAG,
  type RegisteredModel,
  type SetAlias,
  type Stage,
  type Tags,
} from './schema.ts'
export type { RegistrySearch } from './search.ts'
export type { VersionSummary } from './version-summary.ts'
export type { PreparedVersion } from './versions.ts'
export * from './webhooks/schema.ts'
export { createWebhooks, type Webhooks } from './webhooks/webhooks.ts'
export type { RegistryUses } from './purge.ts'
