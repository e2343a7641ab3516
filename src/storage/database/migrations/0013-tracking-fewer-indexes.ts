import { sql, SqliteAdapter } from 'kysely'
import type { Migration, Query } from '../port.ts'

/**
 * On SQLite the values that many runs are searched by are kept in memory, so that indexes on them only cost: each
 * param, tag and metric of a run changed a page of its own at every commit. PostgreSQL, with other writers, searches by
 * them. Which metrics an experiment has is a small table of its own.
 */
export const trackingFewerIndexes: Migration = {
  name: '0013-tracking-fewer-indexes',
  up: async (db) => {
    const onSqlite = db.getExecutor().adapter instanceof SqliteAdapter
    await experimentKeys(db)
    await (onSqlite ? followOnSqlite(db) : followOnPostgres(db))
    if (onSqlite) await dropIndexes(db)
  },
}

async function experimentKeys(db: Query): Promise<void> {
  await sql`create table tracking_experiment_keys (
    experiment_id bigint not null, key bigint not null, primary key (experiment_id, key))`.execute(
    db,
  )
  await sql`insert into tracking_experiment_keys (experiment_id, key)
    select distinct experiment, key from tracking_series`.execute(db)
}

// Whoever adds a series or moves a run, the experiment has its metrics.
async function followOnSqlite(db: Query): Promise<void> {
  for (const event of ['insert', 'update of experiment'])
    await sql`create trigger ${sql.ref(`tracking_experiment_keys_${event.slice(0, 6)}`)}
      after ${sql.raw(event)} on tracking_series
      begin
        insert into tracking_experiment_keys (experiment_id, key) values (new.experiment, new.key)
          on conflict do nothing;
      end`.execute(db)
}

async function followOnPostgres(db: Query): Promise<void> {
  await sql`create function tracking_experiment_keys_follow() returns trigger language plpgsql as $$
    begin
      insert into tracking_experiment_keys (experiment_id, key) values (new.experiment, new.key)
        on conflict do nothing;
      return new;
    end $$`.execute(db)
  await sql`create trigger tracking_experiment_keys_follow
    after insert or update of experiment on tracking_series
    for each row execute function tracking_experiment_keys_follow()`.execute(db)
}

async function dropIndexes(db: Query): Promise<void> {
  for (const index of ['tracking_series_value', 'tracking_params_value', 'tracking_tags_value'])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  // Children are looked for by their parent, and few runs have one.
  await sql`create index tracking_tags_parent on tracking_tags (value)
    where key = 'mlflow.parentRunId'`.execute(db)
}
