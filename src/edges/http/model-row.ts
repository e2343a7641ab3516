import { DAY_MS, toIso } from '../../base/time.ts'
import { type MonitorReport, qualitySeries } from '../../capabilities/monitoring/index.ts'
import { listSchedules, type Schedule } from '../../jobs/index.ts'
import type { Champion, Decision, Drift, ModelRow, Next, Quality } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { metricOf } from './metric.ts'
import { championOf, type ModelFacts } from './model-facts.ts'
import { loopState, needsPerson } from './model-state.ts'
import { toQualityPoints } from './series.ts'

const WEEK_MS = 7 * DAY_MS
const WEEKS_SHOWN = 8
const DEFAULT_CONFIDENCE = 0.95

/** One model as a line of the Loop. */
export async function modelRow(deps: ApiDeps, facts: ModelFacts): Promise<ModelRow> {
  return {
    name: facts.name,
    loop: loopState(facts),
    champion: championRow(facts),
    quality: await qualityNow(deps, facts),
    drift: facts.report === null ? null : driftNow(facts.report),
    last_decision: lastDecision(facts),
    next: await nextStep(deps, facts),
    attention: needsPerson(facts),
  }
}

function championRow(facts: ModelFacts): Champion | null {
  const champion = championOf(facts)
  if (champion === null) return null
  const version = facts.versions.find((candidate) => candidate.version === champion.version)
  const run_id = version?.pipelineRunId ?? version?.runId ?? null
  return { version: champion.version, since: toIso(champion.since), run_id }
}

async function qualityNow(deps: ApiDeps, facts: ModelFacts): Promise<Quality | null> {
  const { name, policy, report } = facts
  const guard = policy.monitor?.performance
  if (guard === undefined && report === null) return null
  const metric = metricOf(report?.quality.metric ?? guard?.metric ?? 'mae', policy)
  const to = deps.clock.now()
  const from = to - WEEKS_SHOWN * WEEK_MS
  const asked = { model: name, from, to, bucketMs: WEEK_MS }
  // The series is the mean absolute error: beside another metric it would be a different thing.
  const points = metric.name === 'mae' ? await qualitySeries(deps.database.query, asked) : []
  return {
    metric,
    value: report?.quality.estimate ?? null,
    interval: intervalOf(facts),
    guard: report?.quality.limit ?? guard?.at_most ?? guard?.at_least ?? null,
    points: toQualityPoints(points, asked),
  }
}

function intervalOf({ report, policy }: ModelFacts): Quality['interval'] {
  const { lo = null, hi = null } = report?.quality ?? {}
  if (lo === null || hi === null) return null
  const { monitor } = policy
  const confidence = monitor?.performance?.confidence ?? monitor?.confidence ?? DEFAULT_CONFIDENCE
  return { lo, hi, confidence }
}

const DRIFT_STATES = { ok: 'calm', drifted: 'drifting', inconclusive: 'inconclusive' } as const

function driftNow({ drift }: MonitorReport): Drift {
  const scored = drift.columns.filter(({ score }) => score !== null)
  const moved = scored.filter(({ verdict }) => verdict === 'drifted')
  const worst = (moved.length > 0 ? moved : scored).toSorted(
    (a, b) => overFloor(b.score, b.floor) - overFloor(a.score, a.floor),
  )[0]
  return {
    state: DRIFT_STATES[drift.verdict],
    worst_feature: worst?.column ?? null,
    score: worst?.score ?? null,
    floor: worst?.floor ?? null,
  }
}

export function overFloor(score: number | null, floor: number | null): number {
  return (score ?? 0) - (floor ?? 0)
}

function lastDecision({ newest }: ModelFacts): Decision | null {
  if (newest === null) return null
  const { telling, event } = newest
  return { sentence: telling.sentence, detail: null, at: toIso(event.at), link: telling.link }
}

async function nextStep({ database }: ApiDeps, facts: ModelFacts): Promise<Next | null> {
  const { rollout, name, paused } = facts
  if (rollout !== null) return { sentence: rollout.reason, at: null, detail: null }
  const schedules = await listSchedules(database.query)
  const next = schedules
    .filter((schedule) => !schedule.paused && isOf(schedule, name))
    .toSorted((a, b) => a.nextAt - b.nextAt)[0]
  if (next === undefined) return null
  const sentence = next.kind.startsWith('monitoring.') ? 'next check' : 'next retraining'
  return { sentence, at: toIso(next.nextAt), detail: paused ? 'retraining is paused' : null }
}

function isOf({ payload }: Schedule, model: string): boolean {
  return (
    payload !== null && typeof payload === 'object' && 'model' in payload && payload.model === model
  )
}
