import { z } from 'zod'

/** One version of a model, as the control plane hands it to the data plane. */
export const routedVersionSchema = z.object({
  version: z.number().int().positive(),
  /** Absolute path of the ONNX file. */
  model_path: z.string().min(1),
  /** SHA-256 of the file in hex; checked when it is loaded. */
  digest: z.string().nullable(),
})

export const routedRolloutSchema = routedVersionSchema.extend({
  rollout_id: z.string().min(1),
  mode: z.enum(['shadow', 'canary']),
  /** Share of sticky keys that the rollout takes: 0 is none, 1 is all. */
  fraction: z.number().min(0).max(1),
  /** Longest wait for the new version, before the champion answers instead. */
  timeout_ms: z.number().positive(),
})

export const routedEndpointSchema = z.object({
  model: z.string().min(1),
  /** Goes into the sticky hash, so that endpoints split independently. */
  salt: z.string(),
  champion: routedVersionSchema,
  rollout: routedRolloutSchema.nullable(),
})

export const routesSchema = z.object({
  /** Counts up with each change; the gateway says in its own file which one answers. */
  epoch: z.number().int().nonnegative(),
  project: z.string(),
  endpoints: z.record(z.string(), routedEndpointSchema),
})

export type RoutedVersion = Readonly<z.infer<typeof routedVersionSchema>>
export type RoutedRollout = Readonly<z.infer<typeof routedRolloutSchema>>
export type RoutedEndpoint = Readonly<z.infer<typeof routedEndpointSchema>>
export type Routes = Readonly<z.infer<typeof routesSchema>>

/** What the gateway says of itself in `run/gateway.json` and on its socket. */
export interface GatewayState {
  readonly pid: number
  readonly host: string
  readonly port: number
  /** Of the routes that answer now. */
  readonly epoch: number
  /** By `model/version`. */
  readonly versions: Readonly<Record<string, VersionState>>
}

export interface VersionState {
  readonly status: 'loading' | 'ready' | 'restarting' | 'failed' | 'stopped'
  readonly reason: string | null
  readonly code: string | null
}
