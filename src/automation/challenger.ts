import type { JobContext } from '../jobs/index.ts'
import type { RatchetEvent } from '../events/index.ts'
import type { Registry } from '../capabilities/registry/index.ts'
import type { Publish } from '../events/index.ts'
import type { Database } from '../storage/database/port.ts'
import { errorMessage } from '../base/errors.ts'

/** A training that ended well: the file it wrote, and what that was made from. */
export interface FinishedTraining {
  readonly runId: string
  readonly model: string
  /** A local file that no later training overwrites. */
  readonly modelPath: string
  readonly dataMd5: string | null
  readonly gitCommit: string | null
  /** Milliseconds; the window that it learned from. */
  readonly trainFrom: number | null
  /** The first moment that it did not learn from. */
  readonly trainUntil: number | null
}

/** The training that an event `pipelines.finished` tells of; null when it was not one of a declared model. */
export type TrainingOf = (event: RatchetEvent) => Promise<FinishedTraining | null>

/** Loads the file in a process of its own. @throws what is wrong with it */
export type InspectModel = (modelPath: string, digest: string | null) => Promise<unknown>

export interface ChallengerDeps {
  readonly database: Database
  readonly publish: Publish
  readonly registry: Registry
  readonly trainingOf: TrainingOf
  readonly inspectModel: InspectModel
}

/**
 * Makes what a training wrote a version. A file that does not load, or takes its process with it, becomes no
 * version: that is said, and the champion stays.
 */
export async function registerChallenger(
  deps: ChallengerDeps,
  event: RatchetEvent,
  context: JobContext,
): Promise<void> {
  const training = await deps.trainingOf(event)
  if (training === null) return
  const { runId, model, modelPath } = training
  const { dataMd5, gitCommit, trainFrom, trainUntil } = training
  const prepared = await deps.registry.prepareVersion({
    model,
    modelPath,
    pipelineRunId: runId,
    dataMd5,
    gitCommit,
    trainFrom,
    trainUntil,
    causedBy: event.id,
    onceKey: runId,
  })
  const digest = prepared.digest ?? null
  const fault = await deps.inspectModel(modelPath, digest).then(() => null, errorMessage)
  if (fault !== null) {
    await deps.database.transaction(async (tx) => {
      await context.complete(tx)
      await deps.publish(tx, challengerUnusable(event, { model, runId, fault }))
    })
    return
  }
  await deps.database.transaction(async (tx) => {
    await context.complete(tx)
    await deps.registry.createVersionIn(tx, prepared)
  })
}

function challengerUnusable(
  event: RatchetEvent,
  { model, runId, fault }: { model: string; runId: string; fault: string },
) {
  return {
    type: 'automation.challenger_unusable',
    subject: `model:${model}`,
    data: { model, run_id: runId, reason: fault },
    causedBy: event.id,
  }
}
