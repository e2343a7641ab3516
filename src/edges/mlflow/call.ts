import type { Registry, Webhooks } from '../../capabilities/registry/index.ts'
import type { Artifacts, Traces, Tracking } from '../../capabilities/tracking/index.ts'
import type { Fields } from './fields.ts'

export interface MlflowDeps {
  readonly tracking: Tracking
  readonly traces: Traces
  readonly registry: Registry
  readonly webhooks: Webhooks
  readonly artifacts: Artifacts
  /** A regular expression that the source of each new version has to match; the server's owner chooses it. */
  readonly sourceRule?: string | undefined
  /** Told of each failure that is our fault. */
  readonly onFault: (
    error: unknown,
    request: { readonly method: string; readonly url: string },
  ) => void
}

/**
 * One call of MLflow's REST API: its fields in, its JSON out. `undefined` fields are left out of the answer. `client` is
 * what the program that calls names itself.
 */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/2.0/mlflow` and `/ajax-api/2.0/mlflow`. */
  readonly path: string
  readonly answer: (fields: Fields, deps: MlflowDeps, client?: string) => Promise<object>
}

export function call(method: Call['method'], path: string, answer: Call['answer']): Call {
  return { method, path, answer }
}

/** Tags, params and their like: keys are required, values may be empty. */
export function keyValues(fields: Fields, name: string) {
  return fields
    .messages(name)
    .map((one) => ({ key: one.requiredText('key'), value: one.text('value') ?? '' }))
}
