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
  /** Clients know the file's name only, and of most no commit. */
  readonly isNotebook: boolean
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
  readonly scriptOf: (run: StartedRun) => string | null
}

/** A project that was looked at later than that is no longer the one that the run started in. */
const LATEST_MS = 10 * 60_000

export interface Match {
  readonly script: string
  readonly by: MatchedBy
}

/**
 * Whether the project here is the one that a run started in: its script is a file of the project by its full path; or,
 * named from some folder only, a file of that name is here, and the user is ours, and the commit is the very one, or it is
 * the notebook of a kernel that runs here. Null: it is not known to be, and then nothing of here is said of it.
 */
export function matchRun(run: StartedRun, place: Place): Match | null {
  const late = place.now - run.startedAt
  if (run.isStage || late > LATEST_MS || late < -LATEST_MS) return null
  if (run.commit !== null && run.commit !== place.commit) return null
  const script = place.scriptOf(run)
  if (script === null) return null
  if (isFullPath(run.source)) return { script, by: 'path' }
  if (run.userId !== place.user) return null
  if (run.commit !== null) return { script, by: 'commit' }
  return run.isNotebook ? { script, by: 'kernel' } : null
}

export function isFullPath(source: string): boolean {
  return source.startsWith('/') || /^[A-Za-z]:[\\/]/.test(source)
}
