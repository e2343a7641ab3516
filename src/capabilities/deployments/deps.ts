import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database, Tx } from '../../storage/database/port.ts'
import type { Rollout, RolloutEvidence } from './schema.ts'

export interface ModelFile {
  /** Absolute path of the ONNX file. */
  readonly modelPath: string
  /** SHA-256 of its content, in hex. */
  readonly digest: string
}

export interface ChampionAlias {
  readonly model: string
  readonly version: number
  readonly causedBy: string | null
}

/** Counts what the prediction log knows of a rollout. */
export type LoadEvidence = (rollout: Rollout) => Promise<RolloutEvidence>
/** Where a version's file is. @throws when there is none. */
export type LocateModel = (model: string, version: number) => Promise<ModelFile>
/** Sets the registry's alias `champion`, in the transaction that changes the endpoint. */
export type SetChampion = (tx: Tx, alias: ChampionAlias) => Promise<void>

export interface DeploymentsDeps {
  readonly database: Database
  readonly publish: Publish
  readonly clock: Clock
  readonly loadEvidence: LoadEvidence
  readonly locateModel: LocateModel
  readonly setChampion: SetChampion
  /** Writes the routes that the data plane follows; see `createRoutes`. Called after each commit. */
  readonly writeRoutes: () => Promise<void>
}

/** What every change can be asked to do in its own transaction: a job completes itself here. */
export interface Alongside {
  readonly causedBy: string | null
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}
