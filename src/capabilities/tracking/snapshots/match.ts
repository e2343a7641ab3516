import type { MatchedBy } from './schema.ts'

/** What a client said of where a run comes from. */
export interface StartedRun {
  readonly id: string
  readonly userId: string
  readonly startedAt: number
  /** `mlflow.source.name`: what the interpreter was started with. */
  readonly source: string
  /** `mlflow.source.git.commit`. */
  readonly commit: string | null
  /** A run of a stage tells all of this by itself. */
  readonly isStage: boolean
}

/** This machine, as far as it decides whether a client shares its disk. */
export interface Place {
  readonly commit: string
  readonly user: string | null
  /** Real time. */
  readonly now: number
  /** The script from the project's root; null when it is no file of the project, or could be several. */
  readonly scriptOf: (source: string) => string | null
}

/** A project that was looked at later than that is no longer the one that the run started in. */
const LATEST_MS = 10 * 60_000

export interface Match {
  readonly script: string
  readonly by: MatchedBy
}

/**
 * Whether the project here is the one that a run started in: its script is a file of the project by its full path; or,
 * named from some folder only, a file of that name is here, at the very commit, and the user is ours. Null: it is
 * not known to be, and then nothing of here is said of it.
 */
export function matchRun(run: StartedRun, place: Place): Match | null {
  const late = place.now - run.startedAt
  if (run.isStage || late > LATEST_MS || late < -LATEST_MS) return null
  if (run.commit !== null && run.commit !== place.commit) return null
  const script = place.scriptOf(run.source)
  if (script === null) return null
  if (isFullPath(run.source)) return { script, by: 'path' }
  if (run.commit === null || run.userId !== place.user) return null
  return { script, by: 'commit' }
}

export function isFullPath(source: string): boolean {
  return source.startsWith('/') || /^[A-Za-z]:[\\/]/.test(source)
}
