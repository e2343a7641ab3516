import * as contract from './contract.ts'
import { get, identified, limited, named, ofModel, page, post } from './operation.ts'
import { dataOperations } from './operations/data.ts'
import { experimentOperations } from './operations/experiments.ts'
import { pipelineOperations } from './operations/pipelines.ts'
import { registryOperations } from './operations/registry.ts'
import { traceOperations } from './operations/traces.ts'

const reads = {
  status: get('/status', 'The project at a glance', { answer: contract.statusSchema }),
  clock: get('/clock', 'Project time', { answer: contract.clockSchema }),
  models: get('/models', 'One row a model, as the page Loop shows it', {
    answer: contract.modelListSchema,
    query: page,
  }),
  model: get('/models/{name}', 'One model', { answer: contract.modelSchema, params: named }),
  timeline: get('/models/{name}/timeline', 'Everything that happened to it, on one time axis', {
    answer: contract.timelineSchema,
    query: contract.timelineQuerySchema,
    params: named,
  }),
  versions: get('/models/{name}/versions', 'Its versions, the newest first', {
    answer: contract.versionListSchema,
    query: limited,
    params: named,
  }),
  counts: get('/models/{name}/counts', 'The account of its life', {
    answer: contract.countsSchema,
    params: named,
  }),
  gates: get('/gates', 'Decisions on challengers, the newest first', {
    answer: contract.gateListSchema,
    query: ofModel,
  }),
  gate: get('/gates/{id}', 'A decision with its evidence', {
    answer: contract.gateSchema,
    params: identified,
  }),
  rollouts: get('/rollouts', 'Rollouts, the newest first', {
    answer: contract.rolloutListSchema,
    query: ofModel.extend({ state: contract.rolloutStateSchema.optional() }),
  }),
  rollout: get('/rollouts/{id}', 'A rollout with its evidence', {
    answer: contract.rolloutSchema,
    params: identified,
  }),
  alerts: get('/alerts', 'Alerts: firing, pending, then resolved ones; the newest first', {
    answer: contract.alertListSchema,
    query: ofModel.extend({ state: contract.alertSchema.shape.state.optional() }),
  }),
  jobs: get('/jobs', 'Durable work, the newest first', {
    answer: contract.jobListSchema,
    query: limited.extend({ state: contract.jobSchema.shape.state.optional() }),
  }),
} as const

const stories = {
  events: get('/events', 'What happened and is worth telling; with `after`, all of it', {
    answer: contract.eventListSchema,
    query: contract.eventQuerySchema,
  }),
  why: get('/why/{id}', 'From any id back to its causes', {
    answer: contract.whySchema,
    params: identified,
  }),
  search: get('/search', 'Things whose name or id matches', {
    answer: contract.searchResultsSchema,
    query: contract.searchQuerySchema,
  }),
} as const

const commands = {
  moveClock: post('/clock', 'Move the clock of a replay, and do all that is due until then', {
    body: contract.clockMoveSchema,
    answer: contract.clockMovedSchema,
  }),
  register: post('/models/{name}/versions', 'Make a model file a version', {
    body: contract.registerRequestSchema,
    answer: contract.versionSchema,
    params: named,
  }),
  retrain: post('/models/{name}/retrain', 'Retrain now', {
    body: contract.retrainRequestSchema,
    answer: contract.acceptedSchema,
    params: named,
  }),
  promote: post('/models/{name}/promote', 'Gate a version; if it passes, let it answer', {
    body: contract.promoteRequestSchema,
    answer: contract.promotedSchema,
    params: named,
  }),
  rollback: post('/models/{name}/rollback', 'Bring an earlier champion back, at once', {
    body: contract.rollbackRequestSchema,
    answer: contract.acceptedSchema,
    params: named,
  }),
  pause: post('/models/{name}/pause', 'No retraining by itself until it is resumed', {
    body: contract.loopCommandSchema,
    answer: contract.acceptedSchema,
    params: named,
  }),
  resume: post('/models/{name}/resume', 'Let it retrain by itself again', {
    body: contract.loopCommandSchema,
    answer: contract.acceptedSchema,
    params: named,
  }),
  rolloutAction: post('/rollouts/{id}/{action}', 'Pause, resume, promote or abort a rollout', {
    body: contract.rolloutCommandSchema,
    answer: contract.rolloutSchema,
    params: identified.extend({ action: contract.rolloutActionSchema }),
  }),
} as const

export const operations = {
  ...reads,
  ...stories,
  ...commands,
  ...dataOperations,
  ...experimentOperations,
  ...pipelineOperations,
  ...registryOperations,
  ...traceOperations,
} as const
