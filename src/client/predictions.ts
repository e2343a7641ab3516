import type { Transport } from './transport.ts'

/** A tensor of the Open Inference Protocol. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly datatype: string
  readonly data: readonly (number | string | boolean)[]
}

export interface Prediction {
  /** What feedback and `ratchet why` go by. */
  readonly predictionId: string
  readonly modelVersion: string
  /** `control`, `canary` … */
  readonly arm: string
  readonly outputs: readonly Tensor[]
}

export interface Feedback {
  readonly predictionId: string
  readonly label: number | boolean
  /** When it came true; now unless told. */
  readonly at?: Date
  readonly source?: string
  /** Replaces a label that was told before. */
  readonly correction?: boolean
}

export type FeedbackStatus = 'accepted' | 'duplicate' | 'stored' | 'unknown' | 'contradicting'

export function predictionCalls(transport: Transport) {
  return {
    /** Asks an endpoint. @throws ClientError; never sent twice by itself, for each answer is logged */
    predict: async (endpoint: string, inputs: readonly Tensor[]): Promise<Prediction> => {
      const path = `/v2/models/${encodeURIComponent(endpoint)}/infer`
      const request = { method: 'POST', path, json: { inputs }, repeatable: false } as const
      const response = await transport.send(request)
      const { outputs } = (await response.json()) as { readonly outputs: readonly Tensor[] }
      return {
        predictionId: response.headers.get('x-ratchet-prediction-id') ?? '',
        modelVersion: response.headers.get('x-ratchet-model-version') ?? '',
        arm: response.headers.get('x-ratchet-arm') ?? '',
        outputs,
      }
    },
    /** Tells what came true of predictions, up to 1000; the same label told twice is a duplicate, no fault. */
    feedback: async (items: readonly Feedback[]): Promise<readonly FeedbackStatus[]> => {
      const json = items.map(({ predictionId, label, at, source, correction }) => ({
        prediction_id: predictionId,
        label,
        at: at?.toISOString(),
        source,
        correction,
      }))
      const { results } = await transport.json<{
        readonly results: readonly { readonly status: FeedbackStatus }[]
      }>({ method: 'POST', path: '/feedback', json, repeatable: true })
      return results.map(({ status }) => status)
    },
  }
}
