import type { Query, Tx } from '../../storage/database/port.ts'
import * as adopt from './adopt.ts'
import * as aliases from './aliases.ts'
import { listChanges } from './changes.ts'
import { type AnswerText, createReads, type Page } from '../tracking/index.ts'
import type { RegistryDeps } from './deps.ts'
import {
  modelSearch,
  modelSearchWithLatest,
  type ModelWithLatest,
  versionSearch,
} from './long-searches.ts'
import * as models from './models.ts'
import type { Alias, ModelVersion, NewVersion, SetAlias } from './schema.ts'
import * as purge from './purge.ts'
import type { RegistrySearch } from './search.ts'
import { undoChange } from './undo.ts'
import * as edits from './version-edits.ts'
import { summarizeVersions } from './version-summary.ts'
import * as versions from './versions.ts'

export type Registry = ReturnType<typeof createRegistry>

/**
 * The registry over one database. Reads take committed data, or the caller's transaction as last argument;
 * what ends in `In` takes part in the caller's transaction.
 */
export function createRegistry(deps: RegistryDeps) {
  const { database } = deps
  return {
    ...modelVerbs(deps),
    ...versionVerbs(deps),
    ...searchVerbs(deps),
    listUses: () => purge.listUses(database.query),
    isInUseIn: purge.isInUse,
    listPurgeableVersions: (before: number) => purge.listPurgeableVersions(database.query, before),
    purgeVersion: (model: string, version: number) =>
      database.transaction((tx) => purge.purgeVersion(tx, model, version)),
    listDigests: () => purge.listDigests(database.query),
    /** What was made elsewhere, with its numbers: import. */
    adoptModelIn: adopt.adoptModel,
    adoptVersionIn: (tx: Tx, version: adopt.AdoptedVersion) =>
      adopt.adoptVersion(deps, tx, version),
    adoptAliasIn: (tx: Tx, model: string, alias: Alias) => adopt.adoptAlias(deps, tx, model, alias),
    setAlias: (input: SetAlias) => database.transaction((tx) => aliases.setAlias(deps, tx, input)),
    setAliasIn: (tx: Tx, input: SetAlias) => aliases.setAlias(deps, tx, input),
    deleteAlias: (input: Omit<SetAlias, 'version'>) =>
      database.transaction((tx) => aliases.deleteAlias(deps, tx, input)),
    getByAlias: (model: string, alias: string, query: Query = database.query) =>
      aliases.getByAlias(query, model, alias),
    findByAlias: (model: string, alias: string, query: Query = database.query) =>
      aliases.findByAlias(query, model, alias),
    listChanges: (model: string) => listChanges(database.query, model),
    undoChange: (id: string) => undoChange(deps, id),
    listAliasChanges: (model: string) => aliases.listAliasChanges(database.query, model),
  }
}

function modelVerbs(deps: RegistryDeps) {
  return {
    createModel: (input: models.NewModel) => models.createModel(deps, input),
    getModel: (name: string) => models.getModel(deps.database.query, name),
    describeModel: (name: string, text: string) => models.describeModel(deps, name, text),
    renameModel: (name: string, newName: string) => models.renameModel(deps, name, newName),
    deleteModel: (name: string) => models.deleteModel(deps, name),
    setModelTag: (name: string, tag: { readonly key: string; readonly value: string }) =>
      models.setModelTag(deps, name, tag),
    deleteModelTag: (name: string, key: string) => models.deleteModelTag(deps, name, key),
  }
}

/** `write…` gives what is found as an edge sends it. */
function searchVerbs({ database, reads = createReads({ database }) }: RegistryDeps) {
  return {
    searchModels: (search: RegistrySearch) => reads.readFar(modelSearch, search),
    searchVersions: (search: RegistrySearch) => reads.readFar(versionSearch, search),
    writeModels: (text: AnswerText<Page<ModelWithLatest>>, search: RegistrySearch) =>
      reads.writeFar(text, modelSearchWithLatest, search),
    writeVersions: (text: AnswerText<Page<ModelVersion>>, search: RegistrySearch) =>
      reads.writeFar(text, versionSearch, search),
  }
}

type VersionName = { readonly model: string; readonly version: number }

function versionVerbs(deps: RegistryDeps) {
  const { query } = deps.database
  return {
    createVersion: (input: NewVersion) => versions.createVersion(deps, input),
    prepareVersion: (input: NewVersion) => versions.prepareVersion(deps, input),
    createVersionIn: (tx: Tx, prepared: versions.PreparedVersion) =>
      versions.insertVersion(deps, tx, prepared),
    getVersion: (model: string, version: number, from: Query = query) =>
      versions.getVersion(from, model, version),
    listVersions: (model: string) => versions.listVersions(query, model),
    summarizeVersions: (models: readonly string[]) => summarizeVersions(query, models),
    latestVersions: (model: string, stages?: readonly string[]) =>
      edits.latestVersions(query, model, stages),
    versionModelPath: (version: ModelVersion) => versions.versionModelPath(deps, version),
    describeVersion: (name: VersionName, text: string) => edits.describeVersion(deps, name, text),
    transitionStage: (
      name: VersionName,
      wanted: { readonly stage: string; readonly archiveExisting: boolean },
    ) => edits.transitionStage(deps, name, wanted),
    deleteVersion: (name: VersionName) => edits.deleteVersion(deps, name),
    setVersionTag: (name: VersionName, tag: { readonly key: string; readonly value: string }) =>
      edits.setVersionTag(deps, name, tag),
    deleteVersionTag: (name: VersionName, key: string) => edits.deleteVersionTag(deps, name, key),
  }
}
