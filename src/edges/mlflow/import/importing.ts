import type { Registry } from '../../../capabilities/registry/index.ts'
import type { Artifacts, Tracking } from '../../../capabilities/tracking/index.ts'
import type { Database } from '../../../storage/database/port.ts'
import type { LocateArtifacts } from './artifact-roots.ts'
import type { BatchedWriter } from './batched-writer.ts'
import type { ArtifactImport } from './copy-artifacts.ts'
import type { MlflowSource, Skipped } from './source.ts'
import type { KindCount, Tally } from './tally.ts'

export interface ImportDeps {
  readonly database: Database
  readonly tracking: Pick<
    Tracking,
    | 'adoptExperimentIn'
    | 'adoptRunIn'
    | 'adoptMetricsIn'
    | 'adoptLoggedModelIn'
    | 'getRunInfo'
    | 'findLoggedModelSource'
  >
  readonly registry: Pick<Registry, 'adoptModelIn' | 'adoptVersionIn' | 'adoptAliasIn'>
  readonly artifacts: Pick<Artifacts, 'copyIn' | 'pathOf'>
  readonly locate: LocateArtifacts
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly runs: number; readonly bytes: number }) => void
}

export interface ImportReport {
  readonly source: string
  readonly kinds: readonly KindCount[]
  readonly bytes: number
  /** Experiments whose id was taken, or is one that the database cannot hold. */
  readonly mapped: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  readonly skipped: readonly Required<Skipped>[]
  readonly faults: number
}

/** What the parts of an import share. */
export interface Importing extends ImportDeps, ArtifactImport {
  readonly source: MlflowSource
  readonly tally: Tally
  readonly writer: BatchedWriter
}
