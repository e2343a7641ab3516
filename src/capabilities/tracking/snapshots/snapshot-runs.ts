import { readSetting, writeSetting } from '../../../storage/database/settings.ts'
import type { Database } from '../../../storage/database/port.ts'
import { matchRun, type Place, type StartedRun } from './match.ts'
import type { Snapshot, SnapshotData } from './schema.ts'
import { snapshotId } from './snapshot-id.ts'
import { newestRun, saveLinks, saveSnapshot, startedRuns } from './store.ts'

/** What the project is like now, as somebody who can look at it says. */
export interface Workspace {
  readonly commit: string
  readonly changed: readonly string[]
  readonly untracked: readonly string[]
  readonly diff: string | null
  readonly data: readonly SnapshotData[]
}

export interface SnapshotDeps {
  readonly database: Database
  /** Real time: clients' clocks are real. */
  readonly now: () => number
  /** The name of the user that this process runs for; null when the system knows none. */
  readonly user: string | null
  /** Null when the project is in no Git repository. */
  readonly readWorkspace: () => Promise<Workspace | null>
  /** A script as `Place` asks for it; asked once a name. */
  readonly findScript: (run: StartedRun) => Promise<string | null>
  /** What a run's client calls itself, as far as it is still known. */
  readonly clientOf: (runId: string) => string | null
}

const CURSOR = 'tracking.snapshots.seen'
const AT_ONCE = 1000
/** How far back the very first look goes: runs that started while nobody looked yet. */
const FIRST_LOOK = 100

/**
 * Looks at the project once for all runs that started since the last look, and links those that started in it. How far
 * it has come is stored with what it found, so that a look that was killed is made again. @returns the runs linked
 */
export async function snapshotRuns(deps: SnapshotDeps): Promise<number> {
  const { query } = deps.database
  const upTo = await newestRun(query)
  const stored = await readSetting(query, CURSOR)
  // The number of a run that was purged may be given again, so the last one seen is looked at again.
  const after = Math.min(stored === null ? upTo - FIRST_LOOK : Number(stored), upTo) - 1
  let linked = 0
  for (let from = after; from < upTo;) {
    const runs = await startedRuns(query, { after: from, upTo, limit: AT_ONCE })
    from = runs.length < AT_ONCE ? upTo : (runs.at(-1)?.seq ?? upTo)
    linked += await link(deps, runs, from)
  }
  return linked
}

async function link(deps: SnapshotDeps, runs: readonly StartedRun[], seen: number) {
  const now = deps.now()
  const found = runs.length === 0 ? null : await look(deps, runs, now)
  const matches = runs.flatMap((run) => {
    const match = found === null ? null : matchRun(run, found.place)
    return match === null ? [] : [{ run, match }]
  })
  const links = matches.map(({ run, match: { script, by } }) => ({
    runId: run.id,
    snapshotId: found?.snapshot.id ?? '',
    script,
    matchedBy: by,
    client: deps.clientOf(run.id),
    at: now,
  }))
  await deps.database.transaction(async (tx) => {
    if (found !== null && links.length > 0) {
      await saveSnapshot(tx, found.snapshot)
      await saveLinks(tx, links)
    }
    await writeSetting(tx, CURSOR, String(seen))
  })
  return links.length
}

async function look(deps: SnapshotDeps, runs: readonly StartedRun[], now: number) {
  const scripts = new Map<string, string | null>()
  for (const run of runs)
    if (!scripts.has(sourceOf(run)) && scripts.size < MOST_SCRIPTS)
      scripts.set(sourceOf(run), await deps.findScript(run))
  if ([...scripts.values()].every((script) => script === null)) return null
  const workspace = await deps.readWorkspace()
  if (workspace === null) return null
  const place: Place = {
    commit: workspace.commit,
    user: deps.user,
    now,
    scriptOf: (run) => scripts.get(sourceOf(run)) ?? null,
  }
  return { place, snapshot: toSnapshot(workspace, now) }
}

function sourceOf({ source, commit, isNotebook }: StartedRun): string {
  return isNotebook && commit === null ? `notebook ${source}` : source
}

const MOST_SCRIPTS = 100
const MOST_NAMES = 200
const MOST_DATA = 500

/** What is kept of a project; the same makes the same id, whenever it is looked at. */
export function toSnapshot(
  { commit, changed, untracked, diff, data }: Workspace,
  at: number,
): Snapshot {
  const content = {
    commit,
    changed: changed.slice(0, MOST_NAMES),
    changedCount: changed.length,
    untracked: untracked.slice(0, MOST_NAMES),
    untrackedCount: untracked.length,
    diff,
    data: data.slice(0, MOST_DATA),
    dataCount: data.length,
  }
  return { id: snapshotId(content), ...content, at }
}
