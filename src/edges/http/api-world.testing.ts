import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { automationErrors } from '../../automation/errors.ts'
import type { ModelPolicy } from '../../automation/policy.ts'
import { considerRetraining, refuseUnlessStarted } from '../../automation/retraining.ts'
import { retrainPolicySchema, trainPolicySchema } from '../../automation/schema.ts'
import { setPaused } from '../../automation/store.ts'
import { type WhyNode, why } from '../../automation/why.ts'
import { DAY_MS, manualClock } from '../../base/time.ts'
import type { AlertsDeps } from '../../capabilities/alerts/index.ts'
import {
  abortRollout,
  deployPolicySchema,
  type DeploymentsDeps,
  NO_EVIDENCE,
  pauseRollout,
  promoteNow,
  resumeRollout,
  rollback,
} from '../../capabilities/deployments/index.ts'
import { evaluatePolicySchema } from '../../capabilities/evaluation/index.ts'
import { monitorPolicySchema, recordPrediction } from '../../capabilities/monitoring/index.ts'
import { recordFeedback, type MonitoringDeps } from '../../capabilities/monitoring/index.ts'
import { cancelPipeline } from '../../capabilities/pipelines/index.ts'
import { CHAMPION, createRegistry } from '../../capabilities/registry/index.ts'
import { createArtifacts, createTraces, createTracking } from '../../capabilities/tracking/index.ts'
import { createEventLog } from '../../events/index.ts'
import { openAnalytics } from '../../storage/analytics/index.ts'
import { localBlobs } from '../../storage/blobs/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import { createApp } from './app.ts'
import type { ApiCommands, ApiDeps } from './deps.ts'
import { registerApi } from './routes.ts'

export const T0 = Date.UTC(1971, 0, 1)

export const births = {
  train: trainPolicySchema.parse({ stage: 'train', model: 'births.onnx', data: 'data/births' }),
  data: { contract: 'contracts/births.yaml' },
  evaluate: evaluatePolicySchema.parse({ metric: 'mae', target: 'births' }),
  deploy: deployPolicySchema.parse({}),
  monitor: monitorPolicySchema.parse({
    window: '28d',
    features: { weekday: { method: 'psi' } },
    performance: { metric: 'mae', at_most: 500, rows: 21 },
  }),
  retrain: retrainPolicySchema.parse({ on: [{ performance: 'degraded' }] }),
} satisfies ModelPolicy

export type World = Awaited<ReturnType<typeof openWorld>>

/** A real database and the capabilities' own use cases; only the data plane and the training are absent. */
async function openCapabilities() {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-api-'))
  const clock = { ...manualClock(T0), mode: 'replay' as const }
  const events = createEventLog(clock)
  const base = { database, clock, publish: events.publish }
  const artifacts = createArtifacts(join(folder, 'artifacts'))
  const tracking = createTracking(base)
  const traces = createTraces(base)
  const registry = createRegistry({
    ...base,
    blobs: localBlobs(join(folder, 'blobs')),
    findLoggedModel: tracking.findLoggedModelSource,
    localArtifacts: artifacts.localPath,
  })
  const deployments: DeploymentsDeps = {
    ...base,
    loadEvidence: async () => NO_EVIDENCE,
    locateModel: async () => ({ modelPath: '/model.onnx', digest: 'd' }),
    setChampion: (tx, alias) => registry.setAliasIn(tx, { ...alias, alias: CHAMPION }),
    writeRoutes: async () => {},
  }
  const monitoring: MonitoringDeps = {
    ...base,
    policyOf: () => births.monitor,
    championOf: async (model) => (await registry.findByAlias(model, CHAMPION))?.version ?? null,
  }
  const alerts: AlertsDeps = { ...base, policyOf: () => [] }
  const retraining = {
    ...base,
    startTraining: async () => 'run_of_the_test',
    trainingRuns: async () => false,
    rolloutRuns: async () => false,
  }
  const register = async (model: string, path: string | null) => {
    const modelPath = path ?? join(folder, 'births.onnx')
    writeFileSync(modelPath, `model at ${clock.now()}`)
    return registry.createVersion({ model, modelPath, dataMd5: 'a1b2', gitCommit: 'c3d4' })
  }
  const own = { database, folder, clock, events, registry, tracking, traces, artifacts, register }
  return { ...own, deployments, monitoring, alerts, retraining, evaluation: base }
}

type Opened = Awaited<ReturnType<typeof openCapabilities>>

function commandsOf(opened: Opened): ApiCommands {
  const { clock, database, deployments, folder, retraining, register } = opened
  return {
    moveClock: async (to) => {
      clock.set(to)
      return 0
    },
    retrain: async (model) =>
      refuseUnlessStarted(
        await considerRetraining(retraining, {
          model,
          train: births.train,
          retrain: births.retrain,
          labelDelay: 7 * DAY_MS,
          trigger: 'manual',
          evidence: {},
          causedBy: null,
          key: `test:${clock.now()}`,
        }),
      ),
    notify: (addresses) => addresses,
    setPaused: (model, paused) => database.transaction((tx) => setPaused(tx, model, paused)),
    cancelRun: (id) => cancelPipeline({ ...deployments, stateDir: join(folder, '.ratchet') }, id),
    promote: () => Promise.reject(automationErrors.MODEL_NOT_TRAINABLE({ detail: 'births' })),
    rollback: (model) => rollback(deployments, { endpoint: model, causedBy: null }),
    register,
    rollouts: {
      pause: (asking) => pauseRollout(deployments, asking),
      resume: (asking) => resumeRollout(deployments, asking),
      promote: (asking) => promoteNow(deployments, asking),
      abort: (asking) => abortRollout(deployments, asking),
    },
  }
}

/** The API over all that. */
export async function openWorld(more: Partial<ApiDeps> = {}) {
  const opened = await openCapabilities()
  const { database, clock, events, registry, tracking, traces, artifacts, folder } = opened
  const analytics = openAnalytics()
  const nodes = new Map<string, WhyNode>()
  const faults: unknown[] = []
  const app = createApp({ onFault: (error) => faults.push(error) })
  await registerApi(app, {
    version: '0.1.0',
    database,
    clock,
    project: () => ({ name: 'demo', models: { births } }),
    workspace: { root: folder, stateDir: join(folder, '.ratchet') },
    events,
    registry,
    tracking,
    traces,
    artifacts,
    analytics,
    why: (id) => why([async (asked) => nodes.get(asked) ?? null], id),
    commands: commandsOf(opened),
    dataPlane: () => ({ state: 'away', url: null, epoch: null, detail: 'It has not started.' }),
    notReady: () => null,
    webRoot: join(folder, 'web'),
    ...more,
  })
  const request = async (method: 'GET' | 'POST', url: string, body?: object) => {
    const payload = body === undefined ? {} : { payload: body }
    const response = await app.inject({ method, url: `/api/v1${url}`, ...payload })
    if (response.statusCode === 500) throw faults.at(-1) ?? new Error(response.body)
    return response
  }
  /** An answer, held against the schema of the contract. */
  const read = async <Schema extends z.ZodType>(schema: Schema, url: string) => {
    const response = await request('GET', url)
    if (response.statusCode !== 200) throw new Error(`${url}: ${response.body}`)
    return schema.parse(response.json())
  }
  const close = async () => {
    await app.close()
    await analytics.close()
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...opened, app, nodes, request, read, close }
}

/** One prediction with its truth: `error` births off. */
export async function predict(world: World, at: number, error: number, version = 1) {
  const id = `pred_${String(at).padStart(16, '0')}`
  await recordPrediction(world.monitoring, {
    kind: 'prediction',
    id,
    at,
    endpoint: 'births',
    model: 'births',
    version,
    arm: 'control',
    key: null,
    inputs: { weekday: [new Date(at).getUTCDay()] },
    outputs: { births: [9000 + error] },
    ms: 0.3,
    status: 'ok',
    error: null,
    canary_error: null,
    rollout_id: null,
  })
  const feedback = { kind: 'feedback', id: `fb_${at}`, at, prediction_id: id, label: 9000 } as const
  await recordFeedback(world.monitoring, feedback)
  return id
}
