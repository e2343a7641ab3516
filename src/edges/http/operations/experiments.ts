import { z } from 'zod'
import * as contract from '../contract.ts'
import { get, identified, post } from '../operation.ts'

/** Experiments, the runs in them, and the files of both. */
export const experimentOperations = {
  experiments: get('/experiments', 'Experiments, the newest first', {
    answer: contract.experimentListSchema,
    query: contract.experimentQuerySchema,
  }),
  createExperiment: post('/experiments', 'Make an experiment', {
    body: contract.newExperimentSchema,
    answer: contract.experimentSchema,
  }),
  experiment: get('/experiments/{id}', 'One experiment', {
    answer: contract.experimentSchema,
    params: identified,
  }),
  changeExperiment: post('/experiments/{id}/{action}', 'Rename, describe, delete or restore it', {
    body: contract.experimentCommandSchema,
    answer: contract.experimentSchema,
    params: identified.extend({ action: contract.experimentActionSchema }),
  }),
  trackedRuns: get('/runs', 'A part of an ordered list of runs', {
    answer: contract.runTableSchema,
    query: contract.runTableQuerySchema,
  }),
  runKeys: get('/runs/keys', 'The names of metrics, params and tags in use', {
    answer: contract.runKeysSchema,
    query: contract.runKeysQuerySchema,
  }),
  runGroups: get('/runs/groups', 'Runs by the value of a param or tag', {
    answer: contract.runGroupsSchema,
    query: contract.runGroupsQuerySchema,
  }),
  metricHistory: get('/runs/history', 'Points of a metric for a chart', {
    answer: contract.metricHistorySchema,
    query: contract.metricHistoryQuerySchema,
  }),
  comparedRuns: get('/runs/compare', 'Several runs whole', {
    answer: contract.comparedRunsSchema,
    query: contract.runIdsQuerySchema,
  }),
  changeRuns: post('/runs/{action}', 'Delete, restore, tag or rename runs', {
    body: contract.runCommandSchema,
    answer: contract.runsChangedSchema,
    params: z.object({ action: contract.runActionSchema }),
  }),
  trackedRun: get('/runs/{id}', 'One run', {
    answer: contract.trackedRunSchema,
    params: identified,
  }),
  runLineage: get('/runs/{id}/lineage', 'The project that it started in, and its environment', {
    answer: contract.runLineageSchema,
    params: identified,
  }),
  artifacts: get('/artifacts/{id}', 'Files of a run or a logged model', {
    answer: contract.artifactListSchema,
    query: contract.artifactQuerySchema,
    params: identified,
  }),
  artifactText: get('/artifacts/{id}/text', 'The beginning of a file, as text', {
    answer: contract.artifactTextSchema,
    query: contract.artifactQuerySchema,
    params: identified,
  }),
  artifactTable: get('/artifacts/{id}/table', 'Rows of a file that is a table', {
    answer: contract.artifactTableSchema,
    query: contract.artifactTableQuerySchema,
    params: identified,
  }),
  artifactModel: get('/artifacts/{id}/model', 'What a file MLmodel says', {
    answer: contract.modelFileSchema,
    query: contract.artifactQuerySchema,
    params: identified,
  }),
} as const
