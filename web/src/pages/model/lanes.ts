import type { Timeline, TimelineEvent } from '../../../../src/edges/http/contract.ts'

export const LEFT = 92
export const RIGHT = 18
const QUALITY = 224
const TRAFFIC = 36
const DRIFT_ROW = 17
const VERSIONS = 16
const EVENT_ROW = 22
const TITLE = 34

/** The rows of the event lane, in the order of the loop: a diagonal downward is the loop at work. */
const EVENT_ROWS: Readonly<Record<TimelineEvent['kind'], string>> = {
  data_arrived: 'data',
  data_refused: 'data',
  alert: 'alerts',
  retraining: 'retraining',
  gate_passed: 'gate',
  gate_refused: 'gate',
  rollout: 'rollout',
  promoted: 'rollout',
  rolled_back: 'rollout',
  control_plane_restarted: 'process',
}
const ROW_ORDER = ['alerts', 'data', 'retraining', 'gate', 'rollout', 'process']

/** One part of the picture: where it stands, in pixels from the top. */
export interface Lane {
  readonly top: number
  readonly height: number
}

export interface Lanes {
  readonly quality: Lane
  readonly traffic: Lane
  readonly drift: Lane
  readonly versions: Lane
  readonly events: Lane
  readonly height: number
  readonly features: readonly string[]
  readonly eventRows: readonly string[]
}

/** Stacks the parts that have something to show. */
export function layLanes(timeline: Timeline): Lanes {
  const features = [...new Set(timeline.drift.cells.map(({ feature }) => feature))]
  const kinds = new Set(timeline.events.map(({ kind }) => EVENT_ROWS[kind]))
  const eventRows = ROW_ORDER.filter((row) => kinds.has(row))
  const quality = { top: 12, height: QUALITY }
  const drift = below(quality, features.length * DRIFT_ROW)
  const versions = below(drift, VERSIONS)
  const events = { top: versions.top + versions.height + 8, height: eventRows.length * EVENT_ROW }
  const traffic = below(events, TRAFFIC)
  return {
    quality,
    drift,
    versions,
    events,
    traffic,
    height: traffic.top + traffic.height + 28,
    features,
    eventRows,
  }
}

/** The row of the event lane that an event stands in. */
export function rowOf({ kind }: TimelineEvent): string {
  return EVENT_ROWS[kind]
}

function below({ top, height }: Lane, own: number): Lane {
  return own === 0 ? { top: top + height, height: 0 } : { top: top + height + TITLE, height: own }
}
