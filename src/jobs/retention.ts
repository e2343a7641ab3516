import { DAY_MS } from '../base/time.ts'
import type { Database } from '../storage/database/port.ts'
import type { JobState } from './schema.ts'
import type { JobTables } from './store.ts'

/** How long a finished job is told of, by how it ended; in milliseconds. A failure is looked for longer. */
export const KEPT_MS: Readonly<Partial<Record<JobState, number>>> = {
  succeeded: 14 * DAY_MS,
  cancelled: 14 * DAY_MS,
  failed: 90 * DAY_MS,
}

// Writers wait for each other: a long history goes in short turns.
const ROWS_AT_ONCE = 1000

/**
 * Removes the rows of jobs that ended longer ago than they are kept; what waits or runs stays, however old. What a job did
 * is in the tables and events of its capability. Returns how many went.
 */
export async function forgetFinishedJobs(database: Database, now: number): Promise<number> {
  let forgotten = 0
  for (const [state, keptMs] of Object.entries(KEPT_MS))
    for (;;) {
      const gone = await forgetSome(database, state, now - keptMs)
      forgotten += gone
      if (gone < ROWS_AT_ONCE) break
    }
  return forgotten
}

function forgetSome(database: Database, state: string, before: number): Promise<number> {
  return database.transaction(async (tx) => {
    const db = tx.withTables<JobTables>()
    const old = db
      .selectFrom('jobs')
      .select('id')
      .where('state', '=', state)
      // No job ends before it was to run, and by this column there is an index.
      .where('run_at', '<', before)
      .where('finished_at', '<', before)
      .limit(ROWS_AT_ONCE)
    const { numDeletedRows } = await db.deleteFrom('jobs').where('id', 'in', old).executeTakeFirst()
    return Number(numDeletedRows)
  })
}
