import type { ModelPolicy } from '../../automation/policy.ts'
import type { Decision } from '../../automation/schema.ts'
import type { WhyStep } from '../../automation/why.ts'
import type { Endpoint, Rollout } from '../../capabilities/deployments/index.ts'
import type { PipelineRun } from '../../capabilities/pipelines/index.ts'
import type { ModelVersion, Registry } from '../../capabilities/registry/index.ts'
import type { Artifacts, Traces, Tracking } from '../../capabilities/tracking/index.ts'
import type { EventLog } from '../../events/index.ts'
import type { Analytics } from '../../storage/analytics/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { DataPlane, Verdict } from './contract.ts'

export interface ApiProject {
  readonly name: string
  readonly models: Readonly<Record<string, ModelPolicy>>
}

export interface PromotionAsking {
  readonly model: string
  /** Null for the newest. */
  readonly version: number | null
  readonly reason: string | null
  /** Past the gate. */
  readonly force: boolean
}

export interface PromotionOutcome {
  readonly sentence: string
  /** Null when the gate was not asked. */
  readonly verdict: Verdict | null
  readonly gateId: string | null
}

export interface RolloutAsking {
  readonly rolloutId: string
  readonly reason: string
  readonly causedBy: null
}

export type ActOnRollout = (asking: RolloutAsking) => Promise<Rollout>

/** The use cases that change something, bound to what they need. Each throws the errors of its capability. */
export interface ApiCommands {
  /** Replay: moves project time to `to` (milliseconds) and settles; the number of jobs that ran. */
  readonly moveClock: (to: number) => Promise<number>
  readonly retrain: (model: string, reason: string | null) => Promise<Decision>
  /** Addresses of files that have come; the patterns that are looked at for them. */
  readonly notify: (addresses: readonly string[]) => readonly string[]
  readonly setPaused: (model: string, paused: boolean) => Promise<void>
  /** Asks for the end of a run of the pipeline; the run as it is then. */
  readonly cancelRun: (id: string) => Promise<PipelineRun>
  readonly promote: (asking: PromotionAsking) => Promise<PromotionOutcome>
  /** Without a version, the last good one. */
  readonly rollback: (
    model: string,
    version: number | null,
    reason: string | null,
  ) => Promise<Endpoint>
  /** `path`: null for the file that `train.model` names. */
  readonly register: (model: string, path: string | null) => Promise<ModelVersion>
  /** deployments' pauseRollout, resumeRollout, promoteNow and abortRollout. */
  readonly rollouts: Readonly<Record<'pause' | 'resume' | 'promote' | 'abort', ActOnRollout>>
}

export interface BaselineAsking {
  readonly model: string
  readonly from: number
  readonly to: number
  readonly bucketMs: number
}

export interface BaselinePoint {
  /** Where the bucket begins, as in monitoring's series. */
  readonly at: number
  readonly value: number
}

/** The first version scored on the logged inputs; null where it cannot be. */
export type BaselineSeries = (asking: BaselineAsking) => Promise<readonly BaselinePoint[] | null>

/** Everything that the native API needs. What is only read comes from the capabilities' own queries on `database`. */
export interface ApiDeps {
  /** Of Ratchet. */
  readonly version: string
  readonly database: Database
  readonly clock: { readonly now: () => number; readonly mode: 'live' | 'replay' }
  /** Called at each request, so that an edit of ratchet.yaml shows. */
  readonly project: () => ApiProject
  /** Where the project's files are, and Ratchet's own beside them. */
  readonly workspace: { readonly root: string; readonly stateDir: string }
  readonly events: Pick<EventLog, 'list' | 'find'>
  readonly registry: Registry
  readonly tracking: Tracking
  readonly traces: Traces
  readonly artifacts: Artifacts
  readonly analytics: Analytics
  readonly why: (id: string) => Promise<readonly WhyStep[]>
  readonly commands: ApiCommands
  readonly dataPlane: () => DataPlane
  /** Null once everything has started; before, what it waits for. */
  readonly notReady: () => string | null
  /** Folder of the built page. */
  readonly webRoot: string
  readonly baselineSeries?: BaselineSeries | undefined
}
