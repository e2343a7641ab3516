import { sql } from 'kysely'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { DeployPolicy } from './policy.ts'
import type {
  EvidenceSummary,
  Endpoint,
  GuardResult,
  Rollout,
  RolloutId,
  RolloutState,
  SequencePoint,
  StepRecord,
} from './schema.ts'

type EndpointRow = {
  endpoint: string
  model: string
  champion: number
  history: string
  salt: string
  epoch: number
}
type RolloutRow = {
  id: string
  endpoint: string
  model: string
  version: number
  champion: number
  state: string
  policy: string
  step: number
  step_started_at: number
  started_at: number
  ended_at: number | null
  track: string
  reason: string
  guards: string
  points: string
  evidence: string | null
  caused_by: string | null
  revision: number
}
type DeploymentsTables = { deployments_endpoints: EndpointRow; deployments_rollouts: RolloutRow }

const UNDER_WAY: readonly RolloutState[] = ['running', 'paused']

export async function listEndpoints(query: Query): Promise<readonly Endpoint[]> {
  const db = query.withTables<DeploymentsTables>()
  const rows = await db
    .selectFrom('deployments_endpoints')
    .selectAll()
    .orderBy('endpoint')
    .execute()
  return rows.map(toEndpoint)
}

export async function findEndpoint(query: Query, endpoint: string): Promise<Endpoint | null> {
  const db = query.withTables<DeploymentsTables>()
  const row = await db
    .selectFrom('deployments_endpoints')
    .selectAll()
    .where('endpoint', '=', endpoint)
    .executeTakeFirst()
  return row === undefined ? null : toEndpoint(row)
}

/** One number over all endpoints, rising with each change that the data plane must see. */
const NEXT_EPOCH = sql<number>`(select coalesce(max(epoch), 0) + 1 from deployments_endpoints)`

export async function insertEndpoint(tx: Tx, endpoint: Omit<Endpoint, 'epoch'>): Promise<void> {
  const { history, ...rest } = endpoint
  await tx
    .withTables<DeploymentsTables>()
    .insertInto('deployments_endpoints')
    .values({ ...rest, history: JSON.stringify(history), epoch: NEXT_EPOCH })
    .execute()
}

export async function updateChampion(
  tx: Tx,
  { endpoint, champion, history }: Pick<Endpoint, 'endpoint' | 'champion' | 'history'>,
): Promise<void> {
  await tx
    .withTables<DeploymentsTables>()
    .updateTable('deployments_endpoints')
    .set({ champion, history: JSON.stringify(history), epoch: NEXT_EPOCH })
    .where('endpoint', '=', endpoint)
    .execute()
}

export async function raiseEpoch(tx: Tx, endpoint: string): Promise<void> {
  await tx
    .withTables<DeploymentsTables>()
    .updateTable('deployments_endpoints')
    .set({ epoch: NEXT_EPOCH })
    .where('endpoint', '=', endpoint)
    .execute()
}

export async function findRollout(query: Query, id: string): Promise<Rollout | null> {
  const db = query.withTables<DeploymentsTables>()
  const row = await db
    .selectFrom('deployments_rollouts')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toRollout(row)
}

/** The rollouts that have not ended: at most one an endpoint. */
export async function rolloutsUnderWay(
  query: Query,
  endpoint?: string,
): Promise<readonly Rollout[]> {
  const db = query.withTables<DeploymentsTables>()
  let select = db.selectFrom('deployments_rollouts').selectAll().where('state', 'in', UNDER_WAY)
  if (endpoint !== undefined) select = select.where('endpoint', '=', endpoint)
  return (await select.orderBy('id').execute()).map(toRollout)
}

export async function findRolloutByCause(query: Query, causedBy: string, version: number) {
  const db = query.withTables<DeploymentsTables>()
  const row = await db
    .selectFrom('deployments_rollouts')
    .selectAll()
    .where('caused_by', '=', causedBy)
    .where('version', '=', version)
    .executeTakeFirst()
  return row === undefined ? null : toRollout(row)
}

/** Newest first. */
export async function listRollouts(
  query: Query,
  {
    endpoint,
    limit,
  }: { readonly endpoint?: string | undefined; readonly limit?: number | undefined },
): Promise<readonly Rollout[]> {
  const db = query.withTables<DeploymentsTables>()
  let select = db.selectFrom('deployments_rollouts').selectAll()
  if (endpoint !== undefined) select = select.where('endpoint', '=', endpoint)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(limit ?? 100)
    .execute()
  return rows.map(toRollout)
}

export async function insertRollout(tx: Tx, rollout: Rollout): Promise<void> {
  const db = tx.withTables<DeploymentsTables>()
  await db.insertInto('deployments_rollouts').values(toRow(rollout)).execute()
}

export async function updateRollout(tx: Tx, rollout: Rollout): Promise<void> {
  await tx
    .withTables<DeploymentsTables>()
    .updateTable('deployments_rollouts')
    .set({ ...toRow(rollout), revision: rollout.revision + 1 })
    .where('id', '=', rollout.id)
    .execute()
}

function toEndpoint({ history, ...row }: EndpointRow): Endpoint {
  return { ...row, history: JSON.parse(history) as number[] }
}

function toRow(rollout: Rollout): RolloutRow {
  const {
    policy,
    stepStartedAt,
    startedAt,
    endedAt,
    track,
    guards,
    points,
    evidence,
    causedBy,
    ...rest
  } = rollout
  return {
    ...rest,
    policy: JSON.stringify(policy),
    step_started_at: stepStartedAt,
    started_at: startedAt,
    ended_at: endedAt,
    track: JSON.stringify(track),
    guards: JSON.stringify(guards),
    points: JSON.stringify(points),
    evidence: evidence === null ? null : JSON.stringify(evidence),
    caused_by: causedBy,
  }
}

function toRollout(row: RolloutRow): Rollout {
  return {
    id: row.id as RolloutId,
    endpoint: row.endpoint,
    model: row.model,
    version: row.version,
    champion: row.champion,
    state: row.state as RolloutState,
    policy: JSON.parse(row.policy) as DeployPolicy,
    step: row.step,
    stepStartedAt: row.step_started_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    track: JSON.parse(row.track) as StepRecord[],
    reason: row.reason,
    guards: JSON.parse(row.guards) as GuardResult[],
    points: JSON.parse(row.points) as SequencePoint[],
    evidence: row.evidence === null ? null : (JSON.parse(row.evidence) as EvidenceSummary),
    causedBy: row.caused_by,
    revision: row.revision,
  }
}
