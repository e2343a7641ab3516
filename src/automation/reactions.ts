import type { Signal } from '../capabilities/alerts/index.ts'
import { CHAMPION, type Registry } from '../capabilities/registry/index.ts'
import type { RatchetEvent } from '../events/index.ts'
import type { JobContext } from '../jobs/index.ts'
import type { Tx } from '../storage/database/port.ts'
import { type ChallengerDeps, registerChallenger } from './challenger.ts'
import { gateVersion, type GatingDeps } from './gating.ts'
import { judgeReport, type JudgingDeps } from './judging.ts'
import { endpointOf } from './policy.ts'
import type { Reaction } from './reaction-jobs.ts'
import { ROLLOUT_STEP } from './rollout-steps.ts'
import type { JobSpec } from '../jobs/index.ts'

type Alongside = { readonly causedBy: string; readonly alongside: (tx: Tx) => Promise<void> }

export interface ReactionDeps extends ChallengerDeps, GatingDeps, JudgingDeps {
  readonly registry: Registry
  readonly modelOfDataset: (dataset: string) => string | null
  readonly ensureEndpoint: (
    input: {
      readonly endpoint: string
      readonly model: string
      readonly version: number
    } & Alongside,
  ) => Promise<unknown>
  readonly startRollout: (
    input: {
      readonly endpoint: string
      readonly model: string
      readonly version: number
    } & Alongside,
  ) => Promise<unknown>
  /** No change where the version answers already. */
  readonly switchChampion: (
    input: {
      readonly endpoint: string
      readonly version: number
      readonly reason: string
    } & Alongside,
  ) => Promise<unknown>
  /** Freezes what the new champion learned from, for drift to be measured against. */
  readonly setReference: (model: string, version: number) => Promise<void>
  /** Rules of the model with an open alert. */
  readonly openRules: (model: string) => Promise<readonly string[]>
  readonly enqueue: (tx: Tx, spec: JobSpec) => Promise<unknown>
}

/**
 * Everything that follows from something by itself stands in this table, and nowhere else: when this has happened, do that.
 * Read from top to bottom it is the circle.
 */
export function createReactions(deps: ReactionDeps): readonly Reaction[] {
  return [
    { on: 'monitoring.checked', name: 'judge_report', run: judge(deps) },
    { on: 'datasets.arrived', name: 'retrain_on_data', run: retrainOnData(deps) },
    { on: 'validation.checked', name: 'alert_on_data', when: refused, run: alertOnData(deps) },
    {
      on: 'pipelines.finished',
      name: 'alert_on_training',
      when: notCancelled,
      run: alertOnTraining(deps),
    },
    {
      on: 'pipelines.finished',
      name: 'register',
      when: succeeded,
      run: (event, context) => registerChallenger(deps, event, context),
    },
    { on: 'automation.challenger_unusable', name: 'alert_on_file', run: alertOnFile(deps) },
    { on: 'registry.version_created', name: 'gate', when: cameFromTraining, run: gate(deps) },
    { on: 'evaluation.decided', name: 'roll_out', when: passed, run: rollOut(deps) },
    { on: 'deployments.rollout_started', name: 'first_step', run: firstStep(deps) },
    { on: 'deployments.aborted', name: 'alert_on_rollout', run: alertOnRollout(deps) },
    { on: 'deployments.endpoint_created', name: 'watch_first', run: watchChampion(deps) },
    { on: 'deployments.promoted', name: 'watch_promoted', run: watchChampion(deps) },
    { on: 'deployments.switched', name: 'watch_switched', run: watchChampion(deps) },
    { on: 'deployments.rolled_back', name: 'watch_rolled_back', run: watchChampion(deps) },
    { on: 'registry.alias_set', name: 'follow_alias', when: isChampion, run: followAlias(deps) },
  ]
}

type Run = Reaction['run']

function text(event: RatchetEvent, key: string): string {
  return String(event.data[key] ?? '')
}

const succeeded = ({ data }: RatchetEvent): boolean => data.status === 'succeeded'
// What a person stopped says nothing of the training, neither good nor bad.
const notCancelled = ({ data }: RatchetEvent): boolean => data.status !== 'cancelled'
const refused = ({ data }: RatchetEvent): boolean => data.verdict === 'failed'
const passed = ({ data }: RatchetEvent): boolean => data.verdict === 'passed'
const isChampion = ({ data }: RatchetEvent): boolean => data.alias === 'champion'
const cameFromTraining = ({ data }: RatchetEvent): boolean =>
  typeof data.pipeline_run_id === 'string'

function judge(deps: ReactionDeps): Run {
  return (event, { complete }) =>
    judgeReport(deps, {
      model: text(event, 'model'),
      reportId: text(event, 'report_id'),
      causedBy: event.id,
      complete,
    })
}

function retrainOnData(deps: ReactionDeps): Run {
  return async (event, { complete }) => {
    const model = text(event, 'model')
    const { train, retrain, monitor } = deps.policyOf(model) ?? {}
    if (train === undefined || retrain === undefined) return
    const evidence = { pattern: text(event, 'pattern'), files: Number(event.data.count) }
    await deps.considerRetraining({
      model,
      train,
      retrain,
      labelDelay: monitor?.label_delay ?? 0,
      trigger: 'data',
      evidence,
      causedBy: event.id,
      key: event.id,
      alongside: complete,
    })
  }
}

function alertOnData(deps: ReactionDeps): Run {
  return async (event) => {
    const model = deps.modelOfDataset(text(event, 'dataset'))
    if (model === null) return
    const summary = `A delivery was refused: ${text(event, 'file').split('/').at(-1) ?? ''}`
    await raise(deps, { event, model, rule: 'data', bad: true, summary })
  }
}

function alertOnTraining(deps: ReactionDeps): Run {
  return async (event) => {
    const bad = event.data.status === 'failed'
    const error = event.data.error as { detail?: string } | undefined
    const summary = bad
      ? `A training failed: ${error?.detail ?? 'see its log'}`
      : 'The last training ended well'
    await raise(deps, { event, model: text(event, 'model'), rule: 'training', bad, summary })
  }
}

function alertOnFile(deps: ReactionDeps): Run {
  return async (event) => {
    const summary = `A training wrote a file that cannot be used: ${text(event, 'reason')}`
    await raise(deps, { event, model: text(event, 'model'), rule: 'training', bad: true, summary })
  }
}

function alertOnRollout(deps: ReactionDeps): Run {
  return async (event) => {
    const summary = `Version ${text(event, 'version')} was stopped: ${text(event, 'reason')}`
    await raise(deps, { event, model: text(event, 'model'), rule: 'rollout', bad: true, summary })
  }
}

interface Raise {
  readonly event: RatchetEvent
  readonly model: string
  readonly rule: string
  readonly bad: boolean
  readonly summary: string
}

async function raise(deps: ReactionDeps, { event, model, rule, bad, summary }: Raise) {
  const signal: Signal = {
    rule,
    condition: bad ? 'active' : 'calm',
    severity: 'warning',
    summary,
    evidence: { event_id: event.id },
  }
  await deps.evaluateSignals({ model, signals: [signal], causedBy: event.id })
}

function gate(deps: ReactionDeps): Run {
  return async (event, { complete }) => {
    await gateVersion(deps, {
      model: text(event, 'model'),
      version: Number(event.data.version),
      causedBy: event.id,
      key: event.id,
      alongside: complete,
    })
  }
}

/** The first version that passes answers at once; every later one earns its place step by step. */
function rollOut(deps: ReactionDeps): Run {
  return async (event, context) => {
    const model = text(event, 'model')
    const version = Number(event.data.challenger)
    const endpoint = endpointOf(model, deps.policyOf(model))
    const input = { endpoint, model, version, ...along(event, context) }
    if ((await deps.championOf(model)) === null) await deps.ensureEndpoint(input)
    else await deps.startRollout(input)
  }
}

function along(event: RatchetEvent, { complete }: JobContext): Alongside {
  return { causedBy: event.id, alongside: complete }
}

function firstStep(deps: ReactionDeps): Run {
  return (event, { complete }) =>
    deps.database.transaction(async (tx) => {
      const rollout_id = text(event, 'rollout_id')
      const payload = { rollout_id, look: 1 }
      await deps.enqueue(tx, {
        kind: ROLLOUT_STEP,
        payload,
        key: `${rollout_id}/1`,
        causedBy: event.id,
      })
      await complete(tx)
    })
}

/** A new version answers: what it learned from is the measure now, and what was said of the old one is over. */
function watchChampion(deps: ReactionDeps): Run {
  return async (event) => {
    const model = text(event, 'model')
    await deps.setReference(model, Number(event.data.version))
    const rules = await deps.openRules(model)
    const calm = rules
      .filter((rule) => rule === 'quality' || rule === 'rollout' || rule.startsWith('drift:'))
      .map((rule): Signal => {
        const summary = `Version ${text(event, 'version')} answers now`
        return { rule, condition: 'calm', severity: 'warning', summary, evidence: {} }
      })
    if (calm.length > 0) await deps.evaluateSignals({ model, signals: calm, causedBy: event.id })
  }
}

/**
 * Somebody moved the alias with a client of the registry: then that version answers. Where the alias is now counts, not where the
 * event put it: the event may be heard late, when a rollback has moved endpoint and alias on.
 */
function followAlias(deps: ReactionDeps): Run {
  return async (event, context) => {
    const model = text(event, 'model')
    const champion = await deps.championOf(model)
    const alias = await deps.registry.findByAlias(model, CHAMPION)
    if (champion === null || alias === null || alias.version === champion) return
    await deps.switchChampion({
      endpoint: endpointOf(model, deps.policyOf(model)),
      version: alias.version,
      reason: 'The alias champion was moved by hand',
      ...along(event, context),
    })
  }
}
