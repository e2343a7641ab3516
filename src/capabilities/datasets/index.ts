import { onDemand } from '../../base/on-demand.ts'

export type { AddedDataset } from './add.ts'
export { cachePath, isCached, storeBytes } from './cache.ts'
export type { CloudDifference } from './cloud-status.ts'
export { claimPaths } from './locks/rwlock.ts'
export { GROUP_FILE, makeStoreFolder, moveStoreFolder } from './cache-permissions.ts'
export { makeStateFolder } from './state-folder.ts'
export { withRepoLock } from './locks/repo-lock.ts'
export { forgetPlaced, notePlaced, notePlacedOuts } from './placed-paths.ts'
export { type SelectedOut, selectOuts, stageMeant } from './targets.ts'
export type { CheckedOut } from './checkout-apply.ts'
export type { CheckoutRequest } from './checkout.ts'
export { readDvcSettings } from './config.ts'
export { conflictLine } from './conflict-marks.ts'
export { pathInside, type InsidePath } from './containment.ts'
export { openCopiesAhead } from './copies-ahead.ts'
export { type DvcFile, filesHash, readDvcFile } from './dvc-file.ts'
export type { DeclaredPath } from './declared-paths.ts'
export type { DataDiff, DiffEntry, DiffRequest } from './data-diff.ts'
export type { DataStatus, DataStatusOptions, PathChanges } from './data-status.ts'
export type { ConfigLevel } from './config.ts'
export { datasetErrors } from './errors.ts'
export { findDvcFiles, findProjectFiles, trackedParent } from './find-files.ts'
export { type GitHead, gitignorePaths, readGitDiff, readGitHead } from './git.ts'
export { findGitTop } from './git-top.ts'
export { findTrackedFiles, readGitWorkspace } from './git-workspace.ts'
export { hashPath, type PathContent, type PathHash } from './hash-path.ts'
export { readDirObject } from './dir-object.ts'
export { bringListingOf } from './foreign/bring-listing.ts'
export type { ListedPath } from './foreign/list.ts'
export type { ForeignRepository } from './foreign/repository.ts'
export type { DataVersion } from './history/git-history.ts'
export { contentHolds } from './history/holds.ts'
export type { DatasetDiff, DatasetOverview, HistoryDeps } from './history/overview.ts'
export type { Imported } from './imports/record.ts'
export type { Updated } from './imports/update.ts'
export { reach } from './fault-points.ts'
export { autostage, unignorePath } from './gitignore.ts'
export { decideIgnored, readIgnoreRules } from './ignore.ts'
export { initDataProject, refuseIgnoredProject } from './init.ts'
export { freezeDvcFile } from './moves/freeze.ts'
export type { MovedDataset } from './moves/move.ts'
export { removeDataset, type RemovedDataset } from './moves/remove.ts'
export { unprotectPath } from './moves/unprotect.ts'
export type { Remote } from './remotes/port.ts'
export { sweepUnfinished } from './unfinished.ts'
export { isRacy } from './workers/signature.ts'
export { writeAtomically, writeAtomicallyInBackground } from './write-atomically.ts'
export { type DataProject, openDataProject } from './project.ts'
export { compareCodePoints, pythonJsonText } from './python-json.ts'
export type * from './schema.ts'
export {
  addRemote,
  type ListedRemote,
  listRemotes,
  modifyRemote,
  removeRemote,
  renameRemote,
  setDefaultRemote,
} from './settings/remote-list.ts'
export {
  listSettings,
  parseSettingName,
  readSetting,
  type Setting,
  unsetSetting,
  writeSetting,
} from './settings/settings.ts'
export type { SettingsPlace } from './settings/edit-settings.ts'
export type { DatasetState, DatasetStatus } from './status.ts'
export { destroyProject } from './upkeep/destroy.ts'
export type { LeftRecord } from './upkeep/migrate-files.ts'
export type { LegacyRecord, MigratedRecord } from './upkeep/migrate-record.ts'
export { type GitHook, installGitHooks, shouldCheckout } from './upkeep/git-hooks.ts'
export { mergeDvcFiles, type MergeSides } from './upkeep/merge-dvc-files.ts'
export { findVersion, listVersions, type VersionFilter } from './store.ts'
export type { ExperimentRef } from './tracked/experiment-refs.ts'
export { findCommit, listCommitted, readObjects, requireCommit } from './tracked/git-objects.ts'
export type { ReadStageOuts, TrackedOut } from './tracked/outs.ts'
export { filesOf } from './versioned/files-of.ts'
export type { VersionedOut } from './versioned/push.ts'
export { entryWithVersions } from './versioned/record.ts'
export { type RecordedFile, recordedFiles, withListedFiles } from './versioned/recorded-files.ts'
export { isWithin } from './tracked/paths.ts'
export { type FolderHints, watchFolder } from './watch/folder-hints.ts'
export { isNamed } from './watch/is-named.ts'
export { localFolder, placeProblem } from './watch/place.ts'
export type { Take, Watch } from './watch/schema.ts'
export type { WatchDeps } from './watch/watch.ts'
export { listWatchFaults } from './watch/store.ts'
export { type DatasetDeps, findByMd5, recordVersion } from './versions.ts'
export { emitYaml } from './yaml-emit.ts'
export { parseYaml } from './yaml-parse.ts'
export { pythonFloat } from './yaml-scalars.ts'
export {
  isFloat,
  isTimestamp,
  isYamlMap,
  plainTag,
  type YamlMap,
  type YamlValue,
} from './yaml-values.ts'

// What a single verb uses is loaded when that verb runs.
export const addDataset = onDemand(async () => (await import('./add.ts')).addDataset)
export const addDatasets = onDemand(async () => (await import('./add-all.ts')).addDatasets)
export const cloudStatus = onDemand(async () => (await import('./cloud-status.ts')).cloudStatus)
export const commitDatasets = onDemand(async () => (await import('./commit.ts')).commitDatasets)
export const fetchDatasets = onDemand(async () => (await import('./fetch.ts')).fetchDatasets)
export const fetchMissing = onDemand(async () => (await import('./fetch.ts')).fetchMissing)
export const collectGarbage = onDemand(async () => (await import('./gc.ts')).collectGarbage)
export const pushDatasets = onDemand(async () => (await import('./push.ts')).pushDatasets)
export const revisionOuts = onDemand(async () => (await import('./revision-outs.ts')).revisionOuts)
export const verifyCache = onDemand(async () => (await import('./verify.ts')).verifyCache)
export const checkoutDatasets = onDemand(
  async () => (await import('./checkout.ts')).checkoutDatasets,
)
export const checkoutPath = onDemand(async () => (await import('./checkout.ts')).checkoutPath)
export const diffData = onDemand(async () => (await import('./data-diff.ts')).diffData)
export const dataStatus = onDemand(async () => (await import('./data-status.ts')).dataStatus)
export const getFiles = onDemand(async () => (await import('./foreign/get.ts')).getFiles)
export const listRepository = onDemand(
  async () => (await import('./foreign/list.ts')).listRepository,
)
export const measureRepository = onDemand(
  async () => (await import('./foreign/list.ts')).measureRepository,
)
export const findArtifact = onDemand(
  async () => (await import('./foreign/artifacts.ts')).findArtifact,
)
export const openForeign = onDemand(
  async () => (await import('./foreign/repository.ts')).openForeign,
)
export const dataHistory = onDemand(
  async () => (await import('./history/git-history.ts')).dataHistory,
)
export const overlayColumn = onDemand(
  async () => (await import('./history/overlay.ts')).overlayColumn,
)
export const nameVersion = onDemand(
  async () => (await import('./history/name-version.ts')).nameVersion,
)
export const diffDatasets = onDemand(
  async () => (await import('./history/overview.ts')).diffDatasets,
)
export const listDatasets = onDemand(
  async () => (await import('./history/overview.ts')).listDatasets,
)
export const tableOf = onDemand(async () => (await import('./history/overview.ts')).tableOf)
export const addFromElsewhere = onDemand(
  async () => (await import('./imports/add-elsewhere.ts')).addFromElsewhere,
)
export const importAddress = onDemand(
  async () => (await import('./imports/import-address.ts')).importAddress,
)
export const importRepository = onDemand(
  async () => (await import('./imports/import-repository.ts')).importRepository,
)
export const listAddress = onDemand(async () => (await import('./imports/outside.ts')).listAddress)
export const getAddress = onDemand(async () => (await import('./imports/outside.ts')).getAddress)
export const updateImports = onDemand(
  async () => (await import('./imports/update.ts')).updateImports,
)
export const moveDataset = onDemand(async () => (await import('./moves/move.ts')).moveDataset)
export const notInRemote = onDemand(async () => (await import('./not-in-remote.ts')).notInRemote)
export const openRemote = onDemand(async () => (await import('./remotes/open.ts')).openRemote)
export const datasetStatus = onDemand(async () => (await import('./status.ts')).datasetStatus)
export const lookForFiles = onDemand(async () => (await import('./watch/watch.ts')).lookForFiles)
export const removeUnnamed = onDemand(
  async () => (await import('./remove-unnamed.ts')).removeUnnamed,
)
export const countLegacyObjects = onDemand(
  async () => (await import('./upkeep/migrate-cache.ts')).countLegacyObjects,
)
export const migrateCache = onDemand(
  async () => (await import('./upkeep/migrate-cache.ts')).migrateCache,
)
export const legacyDvcFiles = onDemand(
  async () => (await import('./upkeep/migrate-files.ts')).legacyDvcFiles,
)
export const migrateDvcFiles = onDemand(
  async () => (await import('./upkeep/migrate-files.ts')).migrateDvcFiles,
)
export const migrateRecord = onDemand(
  async () => (await import('./upkeep/migrate-record.ts')).migrateRecord,
)
export const listExperimentRefs = onDemand(
  async () => (await import('./tracked/experiment-refs.ts')).listExperimentRefs,
)
export const listRemoteExperiments = onDemand(
  async () => (await import('./tracked/experiment-refs.ts')).listRemoteExperiments,
)
