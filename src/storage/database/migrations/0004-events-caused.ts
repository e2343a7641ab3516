import { sql } from 'kysely'
import type { Migration } from '../port.ts'

/** Most events have no cause among us, and nobody looks for those: they need no place in the index. */
export const eventsCaused: Migration = {
  name: '0004-events-caused',
  up: async (db) => {
    await sql`drop index events_caused_by`.execute(db)
    await sql`create index events_caused_by on events (caused_by)
      where caused_by is not null`.execute(db)
  },
}
