import type { Query } from '../../storage/database/port.ts'
import { adoptExperiment } from './adopt-experiment.ts'
import { adoptLoggedModel } from './adopt-logged-model.ts'
import { adoptMetrics } from './adopt-metrics.ts'
import { adoptRun } from './adopt-run.ts'
import type { TrackingDeps } from './deps.ts'
import { createEvaluationDatasets } from './evaluation-datasets/evaluation-datasets.ts'
import * as experiments from './experiments.ts'
import * as inputs from './inputs.ts'
import { amendTag, type Batch, deleteTag, logBatch, type LogDeps } from './log.ts'
import * as models from './logged-models.ts'
import { getMetricHistory, type HistorySearch } from './metric-history.ts'
import type { IntervalSearch } from './metric-interval.ts'
import { createMetricKeys } from './metric-keys.ts'
import { moveRun } from './move-run.ts'
import * as purge from './purge.ts'
import {
  listPurgeableExperiments,
  listPurgeableModels,
  listPurgeableRuns,
  type PurgeRule,
} from './purgeable.ts'
import { createReads, type Reads } from './reading/reads.ts'
import type { RunGrouping } from './run-groups.ts'
import { countChildren, type RunWindow } from './run-table.ts'
import { listModelsOfRun, listRunIds } from './run-ids.ts'
import { getRunText } from './run-text.ts'
import * as runs from './runs.ts'
import type {
  DatasetInput,
  KeyValue,
  LoggedModelStatus,
  ModelLink,
  TagAmendment,
} from './schema.ts'
import { type ExperimentSearch, searchExperiments } from './search-experiments.ts'
import type { LoggedModelSearch } from './search-logged-models.ts'
import { searchDatasets } from './search-datasets.ts'
import type { RunSearch } from './search-runs.ts'
import { adoptSnapshot, copySnapshot } from './snapshots/adopt-snapshot.ts'
import { findRunSnapshot, findSnapshot } from './snapshots/store.ts'

export type Tracking = ReturnType<typeof createTracking>

/** Experiments, runs and logged models over one database. Reads see committed data. */
export function createTracking(deps: TrackingDeps) {
  const metricKeys = createMetricKeys()
  const reads = deps.reads ?? createReads(deps)
  return {
    evaluationDatasets: createEvaluationDatasets(deps),
    ...experimentVerbs(deps),
    ...runVerbs({ ...deps, metricKeys }),
    ...readingVerbs(deps, reads),
    ...loggedModelVerbs(deps),
    ...adoption,
    ...purgeVerbs(deps),
  }
}

/** What was made elsewhere, with its ids, in the caller's transaction: import and archives. */
const adoption = {
  adoptExperimentIn: adoptExperiment,
  adoptRunIn: adoptRun,
  adoptMetricsIn: adoptMetrics,
  adoptLoggedModelIn: adoptLoggedModel,
  adoptSnapshotIn: adoptSnapshot,
  copySnapshotIn: copySnapshot,
}

/** Deleted things that go for good; what ends in `In` takes part in the caller's transaction. */
function purgeVerbs({ database }: TrackingDeps) {
  const { query } = database
  return {
    listPurgeableRuns: (rule: PurgeRule) => listPurgeableRuns(query, rule),
    listPurgeableModels: (rule: PurgeRule) => listPurgeableModels(query, rule),
    listPurgeableExperiments: (rule: PurgeRule) => listPurgeableExperiments(query, rule),
    purgeHistory: (runId: string) => purge.purgeHistory(database, runId),
    purgeRunIn: purge.purgeRun,
    purgeLoggedModelIn: purge.purgeLoggedModel,
    purgeExperimentIn: purge.purgeExperiment,
    listNotedPurges: () => purge.listNotedPurges(query),
    forgetPurge: (path: string) => database.transaction((tx) => purge.forgetPurge(tx, path)),
    existingOwners: (ids: readonly string[]) => purge.existingOwners(query, ids),
  }
}

function experimentVerbs(deps: TrackingDeps) {
  const { query } = deps.database
  return {
    createExperiment: (input: experiments.NewExperiment) =>
      experiments.createExperiment(deps, input),
    placeDefault: () => experiments.placeDefault(deps),
    getExperiment: (id: string) => experiments.getExperiment(query, id),
    findExperiment: (name: string) => experiments.findByName(query, name),
    renameExperiment: (id: string, name: string) => experiments.renameExperiment(deps, id, name),
    deleteExperiment: (id: string) => experiments.setExperimentLifecycle(deps, id, 'deleted'),
    restoreExperiment: (id: string) => experiments.setExperimentLifecycle(deps, id, 'active'),
    setExperimentTag: (id: string, tag: KeyValue) => experiments.setExperimentTag(deps, id, tag),
    deleteExperimentTag: (id: string, key: string) =>
      experiments.deleteExperimentTag(deps, id, key),
    searchExperiments: (search: ExperimentSearch) => searchExperiments(deps, search),
  }
}

function runVerbs(deps: LogDeps) {
  const { query } = deps.database
  return {
    createRun: (input: runs.NewRun) => runs.createRun(deps, input),
    getRun: (id: string) => runs.getRun(query, id),
    /** Its values as JSON text, as searches have them. */
    getRunText: (id: string) => getRunText(deps.database, id),
    getRunSnapshot: (id: string) => findRunSnapshot(query, id),
    getSnapshot: (id: string) => findSnapshot(query, id),
    getRunInfo: (id: string, from: Query = query) => runs.getRunInfo(from, id),
    /** Where a run's files are; `null` when there is none: what the registry asks for. */
    findRunArtifacts: (id: string) => runs.findRunArtifacts(query, id),
    updateRun: (id: string, change: runs.RunChange) => runs.updateRun(deps, id, change),
    deleteRun: (id: string) => runs.setRunLifecycle(deps, id, 'deleted'),
    restoreRun: (id: string) => runs.setRunLifecycle(deps, id, 'active'),
    moveRun: (id: string, experimentId: string) => moveRun(deps, id, experimentId),
    listRunIds: (experimentId: string) => listRunIds(query, experimentId),
    listModelsOfRun: (id: string) => listModelsOfRun(query, id),
    logBatch: (id: string, batch: Batch) => logBatch(deps, id, batch),
    amendTag: (id: string, amendment: TagAmendment) => amendTag(deps, id, amendment),
    deleteTag: (id: string, key: string) => deleteTag(deps, id, key),
    logInputs: (
      id: string,
      used: { readonly datasets: readonly DatasetInput[]; readonly models: readonly ModelLink[] },
    ) => inputs.logInputs(deps, id, used),
    logOutputs: (id: string, made: readonly ModelLink[]) => inputs.logOutputs(deps, id, made),
    getMetricHistory: (id: string, search: HistorySearch) => getMetricHistory(query, id, search),
    searchDatasets: (experimentIds: readonly string[]) => searchDatasets(query, experimentIds),
  }
}

/** What may look at very many runs or points; `writeAnswer` gives what is found as an edge sends it. */
function readingVerbs({ database: { query } }: TrackingDeps, { read, write }: Reads) {
  return {
    writeAnswer: write,
    /** Where there are very many runs, begins with what the first search would have to wait for. */
    warmUp: () => read('warmUp', null),
    searchRuns: (search: RunSearch) => read('searchRuns', search),
    listKeys: (experimentIds: readonly string[]) => read('listKeys', experimentIds),
    readRunWindow: (search: RunWindow) => read('readRunWindow', search),
    groupRuns: (grouping: RunGrouping) => read('groupRuns', grouping),
    getMetricHistoryInterval: (search: IntervalSearch) => read('historyInterval', search),
    countRunsByExperiment: () => read('countRuns', null),
    searchLoggedModels: (search: LoggedModelSearch) => read('searchLoggedModels', search),
    countChildren: async (id: string) => (await countChildren(query, [id])).get(id) ?? 0,
  }
}

function loggedModelVerbs(deps: TrackingDeps) {
  const { query } = deps.database
  return {
    createLoggedModel: (input: models.NewLoggedModel) => models.createLoggedModel(deps, input),
    getLoggedModel: (id: string, includeDeleted = false) =>
      models.getLoggedModel(query, id, includeDeleted),
    /** Where a logged model's files and run are; `null` when there is none: what the registry asks for. */
    findLoggedModelSource: (id: string) => models.findLoggedModelSource(query, id),
    /** `null` when there is no such run: what the registry asks for. */
    findRunModel: (runId: string, path: string) => models.findRunModel(query, runId, path),
    finishLoggedModel: (id: string, status: LoggedModelStatus) =>
      models.finishLoggedModel(deps, id, status),
    deleteLoggedModel: (id: string) => models.deleteLoggedModel(deps, id),
    setLoggedModelTags: (id: string, tags: readonly KeyValue[]) =>
      models.setLoggedModelTags(deps, id, tags),
    amendLoggedModelTag: (id: string, amendment: TagAmendment) =>
      models.amendLoggedModelTag(deps, id, amendment),
    deleteLoggedModelTag: (id: string, key: string) => models.deleteLoggedModelTag(deps, id, key),
    logLoggedModelParams: (id: string, params: readonly KeyValue[]) =>
      models.logLoggedModelParams(deps, id, params),
  }
}
