import { directOf } from '../../../storage/database/direct.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { StartedRun } from './match.ts'
import type { MatchedBy, RunSnapshot, Snapshot } from './schema.ts'

type SnapshotRow = {
  id: string
  commit_id: string
  content: string
  diff: string | null
  at: number
}
type RunSnapshotRow = {
  run_id: string
  snapshot_id: string
  script: string
  matched_by: string
  client: string | null
  at: number
}
type Tables = { tracking_snapshots: SnapshotRow; tracking_run_snapshots: RunSnapshotRow }

export async function newestRun(query: Query): Promise<number> {
  const newest = 'select coalesce(max(seq), 0) as seq from tracking_runs'
  const [row] = await directOf(query).all<{ seq: number }>(newest, [])
  return row?.seq ?? 0
}

const STARTED = `select run.seq as seq, run.id as id, run.start_time as start_time, run.user_id as user_id,
    person.value as person, source.value as source, source_commit.value as source_commit, stage.value as stage,
    kind.value as kind
  from tracking_runs run
  join tracking_tags source on source.run_id = run.id and source.key = 'mlflow.source.name'
  left join tracking_tags person on person.run_id = run.id and person.key = 'mlflow.user'
  left join tracking_tags source_commit
    on source_commit.run_id = run.id and source_commit.key = 'mlflow.source.git.commit'
  left join tracking_tags stage on stage.run_id = run.id and stage.key = 'ratchet.stage'
  left join tracking_tags kind on kind.run_id = run.id and kind.key = 'mlflow.source.type'
  where run.seq > ? and run.seq <= ? order by run.seq limit ?`

type StartedRow = {
  seq: number
  id: string
  start_time: number
  user_id: string
  person: string | null
  source: string
  source_commit: string | null
  stage: string | null
  kind: string | null
}

/** Runs that say where they come from, the oldest first, with their place in the order of creation. */
export async function startedRuns(
  query: Query,
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly (StartedRun & { readonly seq: number })[]> {
  const rows = await directOf(query).all<StartedRow>(STARTED, [after, upTo, limit])
  return rows.map((row) => ({
    seq: row.seq,
    id: row.id,
    userId: row.person ?? row.user_id,
    startedAt: row.start_time,
    source: row.source,
    commit: row.source_commit,
    isNotebook: row.kind === 'NOTEBOOK',
    isStage: row.stage !== null,
  }))
}

export async function saveSnapshot(tx: Tx, snapshot: Snapshot): Promise<void> {
  const { id, commit, diff, at, ...content } = snapshot
  await tx
    .withTables<Tables>()
    .insertInto('tracking_snapshots')
    .values({ id, commit_id: commit, diff, at, content: JSON.stringify(content) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export interface RunLink {
  readonly runId: string
  readonly snapshotId: string
  readonly script: string
  readonly matchedBy: MatchedBy
  readonly client: string | null
  readonly at: number
}

export async function saveLinks(tx: Tx, links: readonly RunLink[]): Promise<void> {
  const insertion = {
    into: 'tracking_run_snapshots (run_id, snapshot_id, script, matched_by, client, at)',
    columns: 6,
    otherwise: 'on conflict (run_id) do nothing',
  }
  const rows = links.map((link) => [
    link.runId,
    link.snapshotId,
    link.script,
    link.matchedBy,
    link.client,
    link.at,
  ])
  await directOf(tx).insert(insertion, rows)
}

export async function findRunSnapshot(query: Query, runId: string): Promise<RunSnapshot | null> {
  const link = await query
    .withTables<Tables>()
    .selectFrom('tracking_run_snapshots')
    .selectAll()
    .where('run_id', '=', runId)
    .executeTakeFirst()
  const snapshot = link === undefined ? null : await findSnapshot(query, link.snapshot_id)
  if (link === undefined || snapshot === null) return null
  const { script, client, at } = link
  return { snapshot, script, client, at, matchedBy: link.matched_by as MatchedBy }
}

export async function findSnapshot(query: Query, id: string): Promise<Snapshot | null> {
  const row = await query
    .withTables<Tables>()
    .selectFrom('tracking_snapshots')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  const content = JSON.parse(row.content) as Omit<Snapshot, 'id' | 'commit' | 'diff' | 'at'>
  return { id, commit: row.commit_id, diff: row.diff, at: row.at, ...content }
}

/** The link of a run that goes for good, and the snapshot when no other run started in it. How many rows went. */
export async function purgeRunSnapshot(tx: Tx, runId: string): Promise<number> {
  const direct = directOf(tx)
  const find = 'select snapshot_id from tracking_run_snapshots where run_id = ?'
  const [link] = await direct.all<{ snapshot_id: string }>(find, [runId])
  if (link === undefined) return 0
  const unlinked = await direct.run('delete from tracking_run_snapshots where run_id = ?', [runId])
  const unused = `delete from tracking_snapshots where id = ?
    and not exists (select 1 from tracking_run_snapshots where snapshot_id = tracking_snapshots.id)`
  return unlinked + (await direct.run(unused, [link.snapshot_id]))
}
