import { stat } from 'node:fs/promises'

import type { Signal } from '../capabilities/alerts/index.ts'
import { notifyHandler } from '../capabilities/alerts/index.ts'
import {
  ensureEndpoint,
  findRollout,
  startRollout,
  stepRollout,
  switchChampion,
} from '../capabilities/deployments/index.ts'
import { runGate } from '../capabilities/evaluation/index.ts'
import {
  checkHandler,
  findReport,
  maturedRows,
  signalsOf,
} from '../capabilities/monitoring/index.ts'
import { listRuns, pipelineJob, startPipeline } from '../capabilities/pipelines/index.ts'
import type { InspectModel } from '../automation/challenger.ts'
import type { ScoreVersion } from '../automation/gating.ts'
import { reactionHandlers, subscribeReactions } from '../automation/reaction-jobs.ts'
import { createReactions, type ReactionDeps } from '../automation/reactions.ts'
import { considerRetraining, type RetrainingDeps } from '../automation/retraining.ts'
import { rolloutStepHandler } from '../automation/rollout-steps.ts'
import type { JobHandler } from '../jobs/index.ts'
import { type Capabilities } from './capabilities.ts'
import { deliveriesHandler } from './delivery-jobs.ts'
import type { Foundation } from './foundation.ts'
import { referenceFor } from './references.ts'
import { scheduledRetrainingHandler } from './schedules.ts'
import { stageTracking } from './stage-tracking.ts'
import { trainingOf } from './training-facts.ts'
import { watchHandler } from './watch-jobs.ts'

export interface Loop {
  readonly handlers: readonly JobHandler[]
  readonly reactions: ReactionDeps
  readonly retraining: RetrainingDeps
}

export interface LoopNeeds {
  readonly scoreVersion: ScoreVersion
  readonly inspectModel: InspectModel
  /** PATH and the rest for the commands of stages. */
  readonly stageEnvironment: Readonly<Record<string, string>>
}

/** Every arrow of the circle that leaves a capability, and where it leads. */
export function createLoop(
  foundation: Foundation,
  capabilities: Capabilities,
  needs: LoopNeeds,
): Loop {
  const { database, clock, events, enqueue } = foundation
  const retraining = retrainingDeps(foundation, capabilities)
  const reactions = reactionDeps(foundation, capabilities, { ...needs, retraining })
  const table = createReactions(reactions)
  subscribeReactions(events, table, enqueue)
  const { alerts, monitoring, deployments } = capabilities
  const handlers: readonly JobHandler[] = [
    ...reactionHandlers(table, events.find, database.query),
    pipelineJob({
      root: foundation.projectRoot,
      stateDir: foundation.stateDir,
      env: needs.stageEnvironment,
      clock,
      database,
      publish: events.publish,
      trackStages: (runId) =>
        stageTracking({
          root: foundation.projectRoot,
          stateDir: foundation.stateDir,
          runId,
          env: needs.stageEnvironment,
          now: () => clock.now(),
          onFault: (text) => console.error(text),
        }),
    }),
    checkHandler(monitoring),
    notifyHandler({ ...alerts, lookup: (name) => foundation.environment[name] }),
    rolloutStepHandler({
      clock,
      transaction: (work) => database.transaction(work),
      enqueue,
      stepRollout: (input) => stepRollout(deployments, input),
      rolloutEnded: async (id) => (await findRollout(database.query, id))?.endedAt !== null,
    }),
    deliveriesHandler(foundation, capabilities),
    scheduledRetrainingHandler(foundation, retraining),
    watchHandler(
      foundation,
      capabilities,
      async (query, model) =>
        (await retraining.trainingRuns(query, model)) ||
        (await retraining.rolloutRuns(query, model)),
    ),
  ]
  return { handlers, reactions, retraining }
}

function retrainingDeps(foundation: Foundation, capabilities: Capabilities): RetrainingDeps {
  const { database, clock, events, project } = foundation
  return {
    database,
    clock,
    publish: events.publish,
    startTraining: (tx, { model, train, params, causedBy, key }) => {
      const request = { model, targets: [train.stage], params, causedBy, key }
      return startPipeline({ clock, project: project.project }, tx, request)
    },
    trainingRuns: async (query, model) => {
      const running = await listRuns(query, { model, status: 'running', limit: 1 })
      const queued = await listRuns(query, { model, status: 'queued', limit: 1 })
      return running.length + queued.length > 0
    },
    rolloutRuns: capabilities.rolloutRuns,
  }
}

function reactionDeps(
  foundation: Foundation,
  capabilities: Capabilities,
  { scoreVersion, inspectModel, retraining }: LoopNeeds & { readonly retraining: RetrainingDeps },
): ReactionDeps {
  const { database, events, registry, project, enqueue } = foundation
  const { policyOf, championOf, raise, deployments, evaluation } = capabilities
  const { query } = database
  return {
    database,
    publish: events.publish,
    registry,
    policyOf,
    championOf,
    enqueue,
    trainingOf: (event) => trainingOf(foundation, event),
    inspectModel,
    scoreVersion,
    maturedRows: (model, from) => gateRows(foundation, model, from),
    sizeOf: async (version) => (await stat(await registry.versionModelPath(version))).size,
    runGate: (input) => runGate(evaluation, input),
    signalsOf: async (id) => {
      const report = await findReport(query, id)
      return report === null ? null : (signalsOf(report) as readonly Signal[])
    },
    evaluateSignals: raise,
    firingAlerts: capabilities.firingAlerts,
    openRules: capabilities.openRules,
    considerRetraining: (request) => considerRetraining(retraining, request),
    modelOfDataset: (dataset) => modelOfDataset(project, dataset),
    ensureEndpoint: (input) => ensureEndpoint(deployments, input),
    startRollout: async ({ model, ...input }) => {
      const policy = policyOf(model)?.deploy
      if (policy === undefined) return switchChampion(deployments, { ...input, reason: NO_STEPS })
      return startRollout(deployments, { ...input, policy })
    },
    switchChampion: (input) => switchChampion(deployments, input),
    setReference: (model, version) => referenceFor(foundation, capabilities, { model, version }),
  }
}

const NO_STEPS = 'ratchet.yaml has no steps for this model'

function modelOfDataset({ models }: Foundation['project'], dataset: string): string | null {
  const found = Object.entries(models).find(([, { train }]) => train?.data === dataset)
  return found?.[0] ?? null
}

/** Requests old enough to have a truth, and that have one. */
async function gateRows({ database, clock, project }: Foundation, model: string, from: number) {
  const delay = project.models[model]?.monitor?.label_delay ?? 0
  return maturedRows(database.query, { model, from, to: clock.now() - delay })
}
