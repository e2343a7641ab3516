import type { IncomingMessage } from 'node:http'
import type { Fleet, Predictor, TakeFeedback } from '../../capabilities/serving/index.ts'
import type { Reply } from './exchange.ts'
import type { InferenceMetrics } from './metrics.ts'

/** What the routes of the data plane need. */
export interface GatewayApp {
  readonly version: string
  readonly fleet: Fleet
  readonly predictor: Predictor
  readonly takeFeedback: TakeFeedback
  readonly metrics: InferenceMetrics
}

/** `segments` are the path's, each decoded on its own, so that an encoded slash stays inside a name. */
export type Handler = (
  app: GatewayApp,
  request: IncomingMessage,
  segments: readonly string[],
) => Reply | Promise<Reply>
