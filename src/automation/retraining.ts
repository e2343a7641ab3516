import { createId } from '../base/ids.ts'
import { type Clock, DAY_MS, toDate } from '../base/time.ts'
import type { Publish } from '../events/index.ts'
import type { Database, Query, Tx } from '../storage/database/port.ts'
import { automationErrors } from './errors.ts'
import { decideRetraining, type RetrainingVerdict } from './retraining-decision.ts'
import type { Decision, RetrainPolicy, TrainPolicy, TriggerKind } from './schema.ts'
import { findDecisionByKey, insertDecision, isPaused, listDecisions } from './store.ts'

/** Starts the stages of a training as a durable run, in the transaction of the decision. */
export type StartTraining = (tx: Tx, training: Training) => Promise<string>

export interface Training {
  readonly model: string
  readonly train: TrainPolicy
  /** What params.yaml is to say, by entry: `train.until` → `1973-05-01`. */
  readonly params: Readonly<Record<string, string | number>>
  readonly causedBy: string
  readonly key: string
}

export interface RetrainingDeps {
  readonly database: Database
  readonly clock: Clock
  readonly publish: Publish
  readonly startTraining: StartTraining
  readonly trainingRuns: (query: Query, model: string) => Promise<boolean>
  readonly rolloutRuns: (query: Query, model: string) => Promise<boolean>
}

export interface RetrainingRequest {
  readonly model: string
  readonly train: TrainPolicy
  readonly retrain: RetrainPolicy
  /** How long after a prediction its truth arrives, in milliseconds. */
  readonly labelDelay: number
  readonly trigger: TriggerKind
  readonly evidence: Decision['evidence']
  readonly causedBy: string | null
  /** One decision for one cause, however often it is delivered. */
  readonly key: string
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}

// The budget's longest period is a month; nothing older can matter.
const DECISIONS_LOOKED_AT = 200

/** Decides whether to train again, keeps the decision with its evidence, also when it is "no", and starts the run. */
export async function considerRetraining(
  deps: RetrainingDeps,
  request: RetrainingRequest,
): Promise<Decision> {
  const { model, key, trigger, evidence, causedBy } = request
  return deps.database.transaction(async (tx) => {
    const earlier = await findDecisionByKey(tx, key)
    if (earlier !== null) {
      await request.alongside?.(tx)
      return earlier
    }
    const at = deps.clock.now()
    const verdict = await decide(deps, tx, request)
    const id = createId('dec', at)
    const runId = verdict.decision === 'yes' ? await start(deps, tx, request, id) : null
    const decision: Decision = { id, model, trigger, ...verdict, evidence, causedBy, at, runId }
    await insertDecision(tx, decision, key)
    await deps.publish(tx, retrainingDecided(decision))
    await request.alongside?.(tx)
    return decision
  })
}

async function decide(
  deps: RetrainingDeps,
  tx: Tx,
  { model, retrain, trigger }: RetrainingRequest,
): Promise<RetrainingVerdict> {
  const earlier = await listDecisions(tx, model, { decision: 'yes', limit: DECISIONS_LOOKED_AT })
  return decideRetraining(retrain, {
    now: deps.clock.now(),
    trigger,
    paused: await isPaused(tx, model),
    trainingRuns: await deps.trainingRuns(tx, model),
    rolloutRuns: await deps.rolloutRuns(tx, model),
    startedAt: earlier.map(({ at }) => at),
  })
}

async function start(
  deps: RetrainingDeps,
  tx: Tx,
  request: RetrainingRequest,
  causedBy: string,
): Promise<string> {
  const { model, train, key } = request
  const params = trainingParams(train, request.labelDelay, deps.clock.now())
  return deps.startTraining(tx, { model, train, params, causedBy, key })
}

/**
 * What the training is told: the last day it may learn from, so that the newest matured rows are left for the gate, and
 * the length of its window in days.
 */
export function trainingParams(
  train: TrainPolicy,
  labelDelay: number,
  now: number,
): Readonly<Record<string, string | number>> {
  const until = lastTrainingDay(train, labelDelay, now)
  return {
    ...(train.until_param === undefined ? {} : { [train.until_param]: until }),
    ...(train.window_param === undefined || train.window === 'full'
      ? {}
      : { [train.window_param]: Math.round(train.window.last / DAY_MS) }),
  }
}

/** The day before the holdout begins: all later ones with a truth belong to the gate. */
export function lastTrainingDay(train: TrainPolicy, labelDelay: number, now: number): string {
  return toDate(now - labelDelay - train.holdout - DAY_MS)
}

function retrainingDecided(decision: Decision) {
  const { id, model, trigger, reason, sentence, causedBy, runId } = decision
  const data = { decision_id: id, model, trigger, decision: decision.decision, reason, sentence }
  return {
    type: 'automation.retraining_decided',
    subject: `model:${model}`,
    data: { ...data, run_id: runId, evidence: decision.evidence },
    causedBy,
  }
}

/** A person's wish: an error instead of a stored "no" when it cannot be. @throws RETRAINING_REFUSED */
export function refuseUnlessStarted(decision: Decision): Decision {
  if (decision.decision === 'yes') return decision
  throw automationErrors.RETRAINING_REFUSED({ detail: decision.sentence })
}
