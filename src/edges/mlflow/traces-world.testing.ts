import { manualClock } from '../../base/time.ts'
import type { Database } from '../../storage/database/port.ts'
import { LOOPBACK_WEBHOOKS, openMlflowWorld } from './world.testing.ts'

export const V3 = '/api/3.0/mlflow/traces'

export type TracesWorld = Awaited<ReturnType<typeof openTracesWorld>>

/** A server with an experiment that is traced, and what a client says of traces. */
export async function openTracesWorld(open: () => Promise<Database>) {
  const world = await openMlflowWorld(manualClock(1_000), LOOPBACK_WEBHOOKS, open)
  const experiment = await world.tracking.createExperiment({ name: 'traced' })
  const location = {
    type: 'MLFLOW_EXPERIMENT',
    mlflow_experiment: { experiment_id: experiment },
  }
  let last = 0
  const nextId = (): string => `tr-${(last + 1).toString(16).padStart(32, '0')}`

  /** Under the name that `nextId` told. */
  async function start(more: object = {}): Promise<string> {
    const id = nextId()
    last += 1
    const info = {
      trace_id: id,
      trace_location: location,
      request_time: `2026-01-01T00:00:0${last % 10}Z`,
      execution_duration: '1.5s',
      state: 'OK',
      ...more,
    }
    const { status, body } = await world.ask('POST', V3, { trace: { trace_info: info } })
    if (status !== 200) throw new Error(String(body['message']))
    return id
  }

  async function search(filter: string, more: object = {}): Promise<readonly string[]> {
    const asked = { locations: [location], filter, ...more }
    const { status, body } = await world.ask('POST', `${V3}/search`, asked)
    if (status !== 200) throw new Error(String(body['message']))
    return (body['traces'] ?? []).map(({ trace_id: id }: { trace_id: string }) => id)
  }

  async function logSpans(spans: readonly object[]): Promise<void> {
    const response = await fetch(`${world.root}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mlflow-experiment-id': experiment },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    if (response.status !== 200) throw new Error(await response.text())
  }

  return { ...world, experiment, nextId, start, search, logSpans }
}

export function span(traceId: string, spanId: string, more: object = {}): object {
  const hex = traceId.replace('tr-', '')
  const id = spanId.padStart(16, '0')
  return { traceId: hex, spanId: id, name: 'n', startTimeUnixNano: '1', ...more }
}
