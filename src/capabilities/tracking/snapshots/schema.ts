/** The project of this server at one moment. */
export interface Snapshot {
  /** `snap_` and a hash of all the rest but the time. */
  readonly id: string
  readonly commit: string
  /** Tracked files that differed from the commit, at most the first few hundred of `changedCount`. */
  readonly changed: readonly string[]
  readonly changedCount: number
  /** Files that Git does not know, by name alone. */
  readonly untracked: readonly string[]
  readonly untrackedCount: number
  /** What the changed files differed in; null when it was too large to be kept. */
  readonly diff: string | null
  /** What `dvc.lock` and `.dvc` files said of the data. */
  readonly data: readonly SnapshotData[]
  readonly dataCount: number
  /** When it was first seen, in real time. */
  readonly at: number
}

export interface SnapshotData {
  /** From the project's root. */
  readonly path: string
  readonly md5: string
}

/** How it was told that a run's script lies in this project. */
export const MATCHED_BY = ['path', 'commit', 'kernel'] as const
export type MatchedBy = (typeof MATCHED_BY)[number]

/** What is known of the project that a run started in. */
export interface RunSnapshot {
  readonly snapshot: Snapshot
  /** The script, from the project's root. */
  readonly script: string
  readonly matchedBy: MatchedBy
  /** What the client calls itself, such as `mlflow-python-client/3.17.2`. */
  readonly client: string | null
  /** When the project was looked at, in real time. */
  readonly at: number
}
