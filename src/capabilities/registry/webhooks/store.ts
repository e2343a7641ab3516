import { directOf } from '../../../storage/database/direct.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import { registryErrors } from '../errors.ts'
import type { Webhook, WebhookEntity, WebhookStatus, WebhookTopic } from './schema.ts'

type WebhookRow = {
  id: string
  name: string
  description: string | null
  url: string
  status: string
  secret: string | null
  created_at: number
  updated_at: number
}
type WebhookTables = {
  registry_webhooks: WebhookRow
  registry_webhook_topics: { webhook_id: string; place: number; entity: string; action: string }
}

export interface StoredWebhook extends Webhook {
  /** Encrypted. */
  readonly sealed: string | null
}

const tables = (query: Query) => query.withTables<WebhookTables>()

/** @throws REGISTRY_UNKNOWN */
export async function getWebhook(query: Query, id: string): Promise<StoredWebhook> {
  const found = await findWebhook(query, id)
  if (found !== null) return found
  throw registryErrors.REGISTRY_UNKNOWN({ detail: `Webhook with ID ${id} not found.` })
}

export async function findWebhook(query: Query, id: string): Promise<StoredWebhook | null> {
  const rows = await tables(query)
    .selectFrom('registry_webhooks')
    .selectAll()
    .where('id', '=', id)
    .execute()
  return (await complete(query, rows))[0] ?? null
}

/** Newest first. */
export async function listWebhooks(
  query: Query,
  { start, size }: { readonly start: number; readonly size: number },
): Promise<readonly StoredWebhook[]> {
  const rows = await tables(query)
    .selectFrom('registry_webhooks')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(size)
    .offset(start)
    .execute()
  return complete(query, rows)
}

const ANY = 'select id from registry_webhooks limit 1'

export async function anyWebhook(query: Query): Promise<boolean> {
  return (await directOf(query).all(ANY, [])).length > 0
}

/** Those that are active and want to be told of it. */
export async function listeners(
  query: Query,
  { entity, action }: WebhookTopic,
): Promise<readonly string[]> {
  const rows = await tables(query)
    .selectFrom('registry_webhooks as webhook')
    .innerJoin('registry_webhook_topics as topic', 'topic.webhook_id', 'webhook.id')
    .select('webhook.id')
    .distinct()
    .where('webhook.status', '=', 'ACTIVE')
    .where('topic.entity', '=', entity)
    .where('topic.action', '=', action)
    .execute()
  return rows.map(({ id }) => id)
}

export async function saveWebhook(tx: Tx, webhook: StoredWebhook): Promise<void> {
  const db = tables(tx)
  const { topics, sealed, createdAt, updatedAt, ...plain } = webhook
  const row = { ...plain, secret: sealed, created_at: createdAt, updated_at: updatedAt }
  const { id, ...change } = row
  await db
    .insertInto('registry_webhooks')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
    .execute()
  await db.deleteFrom('registry_webhook_topics').where('webhook_id', '=', id).execute()
  await db
    .insertInto('registry_webhook_topics')
    .values(topics.map(({ entity, action }, place) => ({ webhook_id: id, place, entity, action })))
    .execute()
}

export async function removeWebhook(tx: Tx, id: string): Promise<void> {
  await tables(tx).deleteFrom('registry_webhooks').where('id', '=', id).execute()
}

async function complete(
  query: Query,
  rows: readonly WebhookRow[],
): Promise<readonly StoredWebhook[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const topics = await tables(query)
    .selectFrom('registry_webhook_topics')
    .selectAll()
    .where('webhook_id', 'in', ids)
    .orderBy('place')
    .execute()
  const topicsOf = Map.groupBy(topics, ({ webhook_id }) => webhook_id)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    url: row.url,
    status: row.status as WebhookStatus,
    sealed: row.secret,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    topics: (topicsOf.get(row.id) ?? []).map(({ entity, action }) => ({
      entity: entity as WebhookEntity,
      action,
    })),
  }))
}
