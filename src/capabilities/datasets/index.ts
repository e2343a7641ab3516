export { addDataset, type AddedDataset } from './add.ts'
export { cachePath, isCached, storeBytes } from './cache.ts'
export { type CloudDifference, cloudStatus } from './cloud-status.ts'
export { commitDatasets } from './commit.ts'
export { fetchDatasets, fetchMissing } from './fetch.ts'
export { collectGarbage } from './gc.ts'
export { claimPaths } from './locks/rwlock.ts'
export { makeStateFolder } from './state-folder.ts'
export { withRepoLock } from './locks/repo-lock.ts'
export { pushDatasets } from './push.ts'
export { revisionOuts } from './revision-outs.ts'
export { type SelectedOut, selectOuts } from './targets.ts'
export { verifyCache } from './verify.ts'
export type { CheckedOut } from './checkout-apply.ts'
export { checkoutDatasets, checkoutPath, type CheckoutRequest } from './checkout.ts'
export { readDvcSettings } from './config.ts'
export { pathInside, type InsidePath } from './containment.ts'
export { type DvcFile, readDvcFile } from './dvc-file.ts'
export { type DataDiff, diffData, type DiffEntry, type DiffRequest } from './data-diff.ts'
export {
  type DataStatus,
  dataStatus,
  type DataStatusOptions,
  type PathChanges,
} from './data-status.ts'
export type { ConfigLevel } from './config.ts'
export { datasetErrors } from './errors.ts'
export { findDvcFiles, trackedParent } from './find-files.ts'
export { type GitHead, gitignorePaths, readGitDiff, readGitHead } from './git.ts'
export { hashPath, type PathContent, type PathHash } from './hash-path.ts'
export { bringListingOf, getFiles } from './foreign/get.ts'
export { type ListedPath, listRepository, measureRepository } from './foreign/list.ts'
export { type ForeignRepository, openForeign } from './foreign/repository.ts'
export { type DataVersion, dataHistory } from './history/git-history.ts'
export { contentHolds } from './history/holds.ts'
export { overlayColumn } from './history/overlay.ts'
export { nameVersion } from './history/name-version.ts'
export {
  type DatasetDiff,
  type DatasetOverview,
  diffDatasets,
  type HistoryDeps,
  listDatasets,
  tableOf,
} from './history/overview.ts'
export { importAddress } from './imports/import-address.ts'
export { importRepository } from './imports/import-repository.ts'
export type { Imported } from './imports/record.ts'
export { type Updated, updateImports } from './imports/update.ts'
export { autostage, unignorePath } from './gitignore.ts'
export { explainIgnored, readIgnoreRules } from './ignore.ts'
export { initDataProject } from './init.ts'
export { moveDataset, type MovedDataset } from './moves/move.ts'
export { removeDataset, type RemovedDataset } from './moves/remove.ts'
export { unprotectPath } from './moves/unprotect.ts'
export { notInRemote } from './not-in-remote.ts'
export { openRemote } from './remotes/open.ts'
export type { Remote } from './remotes/port.ts'
export { writeAtomically } from './write-atomically.ts'
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
export { datasetStatus, type DatasetState, type DatasetStatus } from './status.ts'
export { destroyProject } from './upkeep/destroy.ts'
export { type GitHook, installGitHooks, shouldCheckout } from './upkeep/git-hooks.ts'
export { mergeDvcFiles, type MergeSides } from './upkeep/merge-dvc-files.ts'
export { findVersion, listVersions, type VersionFilter } from './store.ts'
export { listCommitted, readObjects, requireCommit } from './tracked/git-objects.ts'
export type { ReadStageOuts, TrackedOut } from './tracked/outs.ts'
export { placeProblem } from './watch/place.ts'
export type { Take, Watch } from './watch/schema.ts'
export { lookForFiles, type WatchDeps } from './watch/watch.ts'
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
