import { randomUUID } from 'node:crypto'
import { RatchetError } from '../../../base/errors.ts'
import type { Clock } from '../../../base/time.ts'
import { type Page, pageOf, startOfPage } from '../../tracking/index.ts'
import { invalid } from '../names.ts'
import { checkTopics, checkUrl, checkWebhookName } from './checks.ts'
import {
  announceToWebhooks,
  bodyOf,
  type DeliveryDeps,
  deliveryHandler,
  sendTo,
} from './delivery.ts'
import { exampleOf } from './examples.ts'
import type { NewWebhook, Webhook, WebhookChange, WebhookTest, WebhookTopic } from './schema.ts'
import { createSecrets } from './secrets.ts'
import {
  getWebhook,
  listWebhooks,
  removeWebhook,
  saveWebhook,
  type StoredWebhook,
} from './store.ts'

export interface WebhookDeps extends Omit<DeliveryDeps, 'secrets'> {
  /** Project time. */
  readonly clock: Clock
  /** Where the key of the secrets lies: readable by the server alone. */
  readonly keyFile: string
}

type InternalDeps = DeliveryDeps & Pick<WebhookDeps, 'clock'>
export type Webhooks = ReturnType<typeof createWebhooks>

const PAGE = 100
const MOST_A_PAGE = 1000

/** MLflow's webhooks: other programs are told what happened in the registry. */
export function createWebhooks(given: WebhookDeps) {
  const deps: InternalDeps = { ...given, secrets: createSecrets(given.keyFile) }
  return {
    create: (input: NewWebhook) => create(deps, input),
    get: async (id: string) => shown(await getWebhook(deps.database.query, id)),
    list: (page: PageRequest) => list(deps, page),
    update: (id: string, change: WebhookChange) => update(deps, id, change),
    remove: (id: string) => remove(deps, id),
    test: (id: string, topic?: WebhookTopic) => test(deps, id, topic),
    /** Hears of every event. */
    announce: announceToWebhooks(deps),
    handler: deliveryHandler(deps),
  }
}

/** @throws REGISTRY_INVALID */
async function create(deps: InternalDeps, input: NewWebhook): Promise<Webhook> {
  await check(deps, input)
  checkTopics(input.topics)
  const id = randomUUID()
  const now = deps.clock.now()
  const webhook: StoredWebhook = {
    id,
    name: input.name,
    description: input.description ?? null,
    url: input.url,
    topics: input.topics,
    status: input.status ?? 'ACTIVE',
    sealed: seal(deps, id, input.secret),
    createdAt: now,
    updatedAt: now,
  }
  await deps.database.transaction((tx) => saveWebhook(tx, webhook))
  return shown(webhook)
}

/** What is left out stays. @throws REGISTRY_UNKNOWN, REGISTRY_INVALID */
async function update(deps: InternalDeps, id: string, change: WebhookChange): Promise<Webhook> {
  await getWebhook(deps.database.query, id)
  await check(deps, change)
  const { secret, ...rest } = change
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return deps.database.transaction(async (tx) => {
    const webhook = await getWebhook(tx, id)
    const changed: StoredWebhook = {
      ...webhook,
      ...given,
      sealed: secret === undefined ? webhook.sealed : seal(deps, id, secret),
      updatedAt: deps.clock.now(),
    }
    await saveWebhook(tx, changed)
    return shown(changed)
  })
}

async function check(deps: InternalDeps, { name, url, topics }: WebhookChange): Promise<void> {
  if (name !== undefined) checkWebhookName(name)
  if (url !== undefined) await checkUrl(url, deps.settings)
  if (topics !== undefined) checkTopics(topics)
}

function seal({ secrets }: InternalDeps, id: string, secret: string | undefined): string | null {
  return secret === undefined || secret === '' ? null : secrets.seal(id, secret)
}

export interface PageRequest {
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

/** Newest first. @throws REGISTRY_INVALID, TRACKING_INVALID (token) */
async function list(
  { database }: InternalDeps,
  { maxResults, pageToken }: PageRequest,
): Promise<Page<Webhook>> {
  // MLflow takes 0 for its default.
  const size = maxResults === undefined || maxResults === 0 ? PAGE : maxResults
  if (size < 1 || size > MOST_A_PAGE) throw invalid('max_results must be between 1 and 1000.')
  const start = startOfPage(pageToken)
  const found = await listWebhooks(database.query, { start, size: size + 1 })
  return pageOf(found.map(shown), start, size)
}

/** What is queued for it is dropped when its turn comes. @throws REGISTRY_UNKNOWN */
async function remove({ database }: InternalDeps, id: string): Promise<void> {
  await database.transaction(async (tx) => {
    await getWebhook(tx, id)
    await removeWebhook(tx, id)
  })
}

/** Sends an example at once and once, and says what came of it. @throws REGISTRY_UNKNOWN, REGISTRY_INVALID */
async function test(deps: InternalDeps, id: string, wanted?: WebhookTopic): Promise<WebhookTest> {
  const webhook = await getWebhook(deps.database.query, id)
  const topic = wanted ?? webhook.topics[0]
  if (topic === undefined) throw invalid('Webhook events cannot be empty')
  checkTopics([topic])
  const body = bodyOf(topic, deps.clock.now(), exampleOf(topic))
  try {
    const { status, ...answer } = await sendTo(deps, webhook, { deliveryId: randomUUID(), body })
    return { success: status < 400, status, body: answer.body }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { success: false, error: `Failed to test webhook: ${error.title} ${error.detail}` }
  }
}

function shown({ sealed, ...webhook }: StoredWebhook): Webhook {
  void sealed
  return webhook
}
