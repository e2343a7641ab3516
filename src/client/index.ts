/**
 * A typed client for programs in TypeScript and JavaScript, in Node and in the browser: `import { createClient } from
 * 'ratchet/client'`. Methods and fields have MLflow's names. It needs nothing but `fetch`.
 */
import { artifactCalls } from './artifacts.ts'
import { restCalls } from './calls.ts'
import { experimentCalls } from './experiments.ts'
import { predictionCalls } from './predictions.ts'
import { registryCalls } from './registry.ts'
import { runCalls } from './runs.ts'
import { createTransport, type TransportOptions } from './transport.ts'

export type { NewExperiment, LifecycleSearch, Search } from './experiments.ts'
export type { Feedback, FeedbackStatus, Prediction, Tensor } from './predictions.ts'
export type { Described, NewModelVersion } from './registry.ts'
export type { Batch, MetricPlace, NewRun } from './runs.ts'
export type * from './shapes.ts'
export { ClientError, type TransportOptions } from './transport.ts'

export interface ClientOptions extends TransportOptions {
  /** The control plane; `http://127.0.0.1:5000` unless told. */
  readonly trackingUri?: string
  /** The data plane; `http://127.0.0.1:8080` unless told. */
  readonly inferenceUri?: string
}

export type Client = ReturnType<typeof createClient>

/** Experiments, runs, artifacts and the registry on the control plane, predictions and feedback on the data plane. */
export function createClient(options: ClientOptions = {}) {
  const { trackingUri = 'http://127.0.0.1:5000', inferenceUri = 'http://127.0.0.1:8080' } = options
  const control = createTransport(trackingUri, options)
  const rest = restCalls(control)
  return {
    ...experimentCalls(rest),
    ...runCalls(rest),
    ...artifactCalls(rest, control),
    ...registryCalls(rest),
    ...predictionCalls(createTransport(inferenceUri, options)),
  }
}
