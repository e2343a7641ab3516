import { z } from 'zod'
import * as contract from '../contract.ts'
import { get, identified, ofModel, post } from '../operation.ts'

/** The stages of the project, and the runs of them. */
export const pipelineOperations = {
  pipelineGraph: get('/pipelines/graph', 'The stages as they stand now, and why', {
    answer: contract.pipelineGraphSchema,
  }),
  runs: get('/pipelines/runs', 'Runs of the pipeline, the newest first', {
    answer: contract.runListSchema,
    query: ofModel.extend({ state: contract.runSchema.shape.status.optional() }),
  }),
  run: get('/pipelines/runs/{id}', 'A run with its stages', {
    answer: contract.runSchema,
    params: identified,
  }),
  cancelRun: post('/pipelines/runs/{id}/cancel', 'Ask for the end of a run', {
    body: z.object({}),
    answer: contract.runSchema,
    params: identified,
  }),
  runLogs: get('/pipelines/runs/{id}/logs', 'What its stages wrote', {
    answer: contract.runLogsSchema,
    params: identified,
  }),
  stageLog: get('/pipelines/runs/{id}/log', 'What one stage wrote, from a place on', {
    answer: contract.stageLogSchema,
    query: contract.stageLogQuerySchema,
    params: identified,
  }),
  searchLogs: get('/pipelines/runs/{id}/log/search', 'Lines of its logs that contain a text', {
    answer: contract.logMatchesSchema,
    query: contract.logSearchQuerySchema,
    params: identified,
  }),
} as const
