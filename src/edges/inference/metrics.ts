import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type {
  PredictionRecord,
  ShadowRecord,
  SpoolWriter,
} from '../../capabilities/serving/index.ts'

export interface InferenceMetrics {
  readonly observe: (record: PredictionRecord | ShadowRecord) => void
  readonly unlogged: () => void
  /** Prometheus' text form. */
  render(): Promise<string>
  readonly type: string
}

const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10]

/** Counters of the data plane. Labels come from the routes alone, never from what a caller sends. */
export function createInferenceMetrics(spool: SpoolWriter): InferenceMetrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry })
  const predictions = new Counter({
    name: 'ratchet_predictions_total',
    help: 'Predictions by endpoint, version, arm and status.',
    labelNames: ['endpoint', 'version', 'arm', 'status'],
    registers,
  })
  const shadows = new Counter({
    name: 'ratchet_shadow_predictions_total',
    help: 'Questions put to a version in shadow.',
    labelNames: ['endpoint', 'version', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'ratchet_model_seconds',
    help: 'Time inside the model.',
    labelNames: ['endpoint', 'version'],
    buckets: SECONDS,
    registers,
  })
  const unlogged = new Counter({
    name: 'ratchet_unlogged_predictions_total',
    help: 'Predictions answered while the spool could not be written.',
    registers,
  })
  spoolGauges(spool, registers)
  return {
    observe(record) {
      const { endpoint } = record
      const version = String(record.version)
      if (record.kind === 'shadow') {
        shadows.inc({ endpoint, version, status: record.error === null ? 'ok' : 'error' })
        return
      }
      predictions.inc({ endpoint, version, arm: record.arm, status: record.status })
      if (record.status === 'ok') seconds.observe({ endpoint, version }, record.ms / 1000)
    },
    unlogged: () => unlogged.inc(),
    render: () => registry.metrics(),
    type: registry.contentType,
  }
}

function spoolGauges(spool: SpoolWriter, registers: Registry[]): void {
  const held: Gauge = new Gauge({
    name: 'ratchet_spool_held_records',
    help: 'Records in memory because the spool cannot be written.',
    registers,
    collect: () => held.set(spool.health().held),
  })
  const lost: Gauge = new Gauge({
    name: 'ratchet_spool_lost_records',
    help: 'Records given up because the spool could not be written for too long.',
    registers,
    collect: () => lost.set(spool.health().lost),
  })
}
