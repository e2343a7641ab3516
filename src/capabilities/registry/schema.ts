export type Tags = Readonly<Record<string, string>>

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof STAGES)[number]

/** The alias whose version answers. */
export const CHAMPION = 'champion'

/** Registered models with this tag are prompts: texts with versions, and no files. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt'

export interface Alias {
  readonly alias: string
  readonly version: number
}

export interface RegisteredModel {
  readonly name: string
  readonly description: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: Tags
  readonly aliases: readonly Alias[]
}

/** Where a version comes from: what `ratchet why` walks. Times in milliseconds. */
export interface Lineage {
  /** Tracking run (32 hexadecimal digits). */
  readonly runId: string | null
  readonly pipelineRunId: string | null
  /** DVC's hash of the training data. */
  readonly dataMd5: string | null
  readonly gitCommit: string | null
  readonly trainFrom: number | null
  /** The first moment that was not trained on. */
  readonly trainUntil: number | null
  /** The event, job or decision that led to this version. */
  readonly causedBy: string | null
}

export interface ModelVersion extends Lineage {
  readonly model: string
  readonly version: number
  readonly description: string | null
  readonly userId: string | null
  readonly stage: Stage
  readonly status: 'READY'
  /** As given by whoever registered it. */
  readonly source: string
  /** Where `source` leads: an artifact address, or `sha256:…` of a blob. */
  readonly location: string
  /** SHA-256 of the ONNX file, if the version was made of one file. */
  readonly digest: string | null
  readonly loggedModelId: string | null
  readonly runLink: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: Tags
  readonly aliases: readonly string[]
}

export interface NewVersion extends Partial<Lineage> {
  readonly model: string
  /** Defaults to the blob of `modelPath`, which must then be given. */
  readonly source?: string | undefined
  /** An ONNX file; its bytes are copied into the blobs, so the file may change or go afterwards. */
  readonly modelPath?: string | undefined
  /** SHA-256 of an ONNX file that is in the blobs already. */
  readonly digest?: string | undefined
  readonly tags?: Tags | undefined
  readonly description?: string | undefined
  readonly runLink?: string | undefined
  readonly loggedModelId?: string | undefined
  /** Fail where there is no such model, instead of making it. */
  readonly modelExists?: boolean | undefined
  /** The maker's own name for this version: asked again (a job that is repeated), the first one is returned. */
  readonly onceKey?: string | undefined
}

export interface SetAlias {
  readonly model: string
  readonly alias: string
  readonly version: number
  readonly causedBy: string | null
  /** The change in the history that this takes back. */
  readonly undoes?: string | undefined
}

export interface AliasChange {
  readonly eventId: string
  readonly model: string
  readonly alias: string
  /** `null`: the alias was taken away. */
  readonly version: number | null
  readonly previous: number | null
  readonly causedBy: string | null
  readonly at: number
}
