import type { ModelPolicy } from '../../automation/policy.ts'
import type { FastifyInstance } from 'fastify'
import { DAY_MS, parseTime, toIso } from '../../base/time.ts'
import {
  driftSeries,
  latestReport,
  qualitySeries,
  traffic,
} from '../../capabilities/monitoring/index.ts'
import { CHAMPION } from '../../capabilities/registry/index.ts'
import type { Timeline, TimelineEvent, TimelineQuery } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { metricOf } from './metric.ts'
import { policyOf } from './model-facts.ts'
import { operations } from './operations.ts'
import { TIMELINE_TYPES } from './sentences.ts'
import { endOf, toDriftCells, toQualityPoints, toTrafficPoints } from './series.ts'
import { type ToldEvent, toldEvents } from './told-events.ts'
import { versionSpans } from './version-spans.ts'

const MOST_EVENTS = 5000

export function registerTimeline(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.timeline, ({ params, query }) => timeline(deps, params.name, query))
}

interface Span {
  readonly from: number
  readonly to: number
}

/** Windows of a day in a short history, of a week in a middling one, of four weeks in a long one. */
export function windowOf({ from, to }: Span): number {
  const days = (to - from) / DAY_MS
  if (days <= 60) return DAY_MS
  return days <= 730 ? 7 * DAY_MS : 28 * DAY_MS
}

async function timeline(deps: ApiDeps, model: string, query: TimelineQuery): Promise<Timeline> {
  const policy = policyOf(deps, model)
  const { extent, champions } = await readExtent(deps, model)
  const asked = {
    from: (query.from === undefined ? null : parseTime(query.from)) ?? extent.from,
    to: (query.to === undefined ? null : parseTime(query.to)) ?? extent.to,
  }
  const buckets = { model, ...asked, bucketMs: windowOf(asked) }
  const told = { model, types: TIMELINE_TYPES, limit: MOST_EVENTS }
  const events = (await toldEvents(deps, told)).toReversed()
  const within = events.filter(({ event }) => event.at >= asked.from && event.at <= asked.to)
  return {
    model,
    from: toIso(asked.from),
    to: toIso(asked.to),
    extent: { from: toIso(extent.from), to: toIso(extent.to) },
    window_days: buckets.bucketMs / DAY_MS,
    metric: metricOf('mae', policy),
    guard: await guardOf(deps, model, policy),
    ...(await readSeries(deps, buckets)),
    versions: versionSpans(champions, rollbacks(events)),
    events: within.flatMap(toTimelineEvent),
  }
}

/** From the first champion to now: before it nobody was answered. */
async function readExtent(deps: ApiDeps, model: string) {
  const changes = await deps.registry.listAliasChanges(model)
  const champions = changes.filter(({ alias }) => alias === CHAMPION)
  const to = deps.clock.now()
  return { extent: { from: Math.min(champions[0]?.at ?? to, to), to }, champions }
}

// The series is the mean absolute error; the guard of another metric does not belong beside it.
async function guardOf(deps: ApiDeps, model: string, { monitor }: ModelPolicy) {
  const guard = monitor?.performance
  if (guard === undefined || guard.metric !== 'mae') return null
  return guard.at_most ?? (await latestReport(deps.database.query, model))?.quality.limit ?? null
}

interface Buckets extends Span {
  readonly model: string
  readonly bucketMs: number
}

async function readSeries({ database, baselineSeries }: ApiDeps, buckets: Buckets) {
  const { query } = database
  const [quality, requests, drift, baseline] = await Promise.all([
    qualitySeries(query, buckets),
    traffic(query, buckets),
    driftSeries(query, buckets),
    baselineSeries?.(buckets) ?? null,
  ])
  const methods = new Set(drift.map(({ method }) => method).filter((method) => method !== 'none'))
  return {
    quality: toQualityPoints(quality, buckets),
    baseline: baseline === null ? null : toBaseline(baseline, buckets),
    drift: { method: [...methods].join(', '), cells: toDriftCells(drift, buckets) },
    traffic: toTrafficPoints(requests, quality, buckets),
  }
}

function toBaseline(points: readonly { at: number; value: number }[], buckets: Buckets) {
  return {
    label: 'version 1, left alone',
    points: points.map(({ at, value }) => ({ at: endOf(at, buckets), value })),
  }
}

function rollbacks(events: readonly ToldEvent[]) {
  return events.flatMap(({ event: { type, data, at } }) =>
    type === 'deployments.rolled_back' && typeof data.previous === 'number'
      ? [{ version: data.previous, at }]
      : [],
  )
}

function toTimelineEvent({ event, telling }: ToldEvent): readonly TimelineEvent[] {
  const { kind, severity, label, link } = telling
  return kind === null ? [] : [{ id: event.id, at: toIso(event.at), kind, severity, label, link }]
}
