import type { Json, JsonObject } from '../../../base/json.ts'
import type { Values } from '../schema.ts'

/** Questions with the answers that are expected, to evaluate models by: MLflow's evaluation datasets. */
export interface EvaluationDataset {
  readonly id: string
  readonly name: string
  readonly tags: Values
  /** JSON: the type of each field that a record ever had; `null` before the first one. */
  readonly schema: string | null
  readonly profile: string | null
  readonly digest: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly createdBy: string | null
  readonly updatedBy: string | null
  readonly experimentIds: readonly string[]
}

export interface NewEvaluationDataset {
  readonly name: string
  readonly tags?: Values | undefined
  readonly experimentIds?: readonly string[] | undefined
}

export interface EvaluationContent {
  readonly inputs: JsonObject
  readonly outputs?: Json | undefined
  readonly expectations?: JsonObject | undefined
  readonly tags?: JsonObject | undefined
  readonly source?: Json | undefined
}

export interface EvaluationRecord extends EvaluationContent {
  readonly id: string
  readonly datasetId: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface EvaluationSearch {
  readonly experimentIds?: readonly string[] | undefined
  readonly filter?: string | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}
