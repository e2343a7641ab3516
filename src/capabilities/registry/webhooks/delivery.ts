import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../base/time.ts'
import { toIso } from '../../../base/time.ts'
import type { JsonObject } from '../../../base/json.ts'
import type { EventSubscriber } from '../../../events/index.ts'
import { type JobHandler, type JobSpec, RetryAdvice } from '../../../jobs/index.ts'
import type { Database, Tx } from '../../../storage/database/port.ts'
import { registryErrors } from '../errors.ts'
import type { WebhookSettings, WebhookTopic } from './schema.ts'
import type { Secrets } from './secrets.ts'
import { type Answer, send } from './sending.ts'
import { anyWebhook, findWebhook, listeners, type StoredWebhook } from './store.ts'
import { announcementOf } from './topics.ts'

export interface DeliveryDeps {
  readonly database: Database
  /** Real time, which signatures carry. */
  readonly realClock: Clock
  readonly enqueue: (tx: Tx, spec: JobSpec) => Promise<unknown>
  readonly settings: WebhookSettings
  readonly secrets: Secrets
}

export const WEBHOOK_DELIVERY = 'registry.webhook_delivery'

const TOLD_OF: readonly string[] = [
  'registry.model_created',
  'registry.version_created',
  'registry.model_tag_set',
  'registry.model_tag_deleted',
  'registry.version_tag_set',
  'registry.version_tag_deleted',
  'registry.alias_set',
]

interface Delivery {
  readonly webhook_id: string
  readonly delivery_id: string
  readonly body: string
}

/** Makes of each fact one durable delivery for each webhook that listens, in the transaction of the fact. */
export function announceToWebhooks({ enqueue, settings }: DeliveryDeps): EventSubscriber {
  return async (tx, event) => {
    if (!TOLD_OF.includes(event.type) || !(await anyWebhook(tx))) return
    const told = await announcementOf(tx, event)
    if (told === null) return
    for (const webhookId of await listeners(tx, told.topic)) {
      const payload: Delivery = {
        webhook_id: webhookId,
        delivery_id: randomUUID(),
        body: bodyOf(told.topic, event.at, told.data),
      }
      await enqueue(tx, {
        kind: WEBHOOK_DELIVERY,
        payload: { ...payload },
        key: `${event.id}/${webhookId}`,
        // One receiver is told in order, and a slow one holds up no other.
        lane: `webhook:${webhookId}`,
        maxAttempts: settings.retries + 1,
        causedBy: event.id,
      })
    }
  }
}

/** Address and secret are looked up when it is sent: what was deleted or switched off hears nothing more. */
export function deliveryHandler(deps: DeliveryDeps): JobHandler {
  return {
    kind: WEBHOOK_DELIVERY,
    run: async (job, { signal }) => {
      const { webhook_id, delivery_id, body } = job.payload as unknown as Delivery
      const webhook = await findWebhook(deps.database.query, webhook_id)
      if (webhook?.status !== 'ACTIVE') return
      const answer = await sendTo(deps, webhook, { deliveryId: delivery_id, body, signal }).catch(
        (error: unknown) => {
          throw isForbidden(error) ? new RetryAdvice(error, 'never') : error
        },
      )
      judge(webhook, answer)
    },
  }
}

export interface Sending {
  readonly deliveryId: string
  readonly body: string
  readonly signal?: AbortSignal
}

export async function sendTo(
  { realClock, secrets, settings }: DeliveryDeps,
  { id, url, sealed }: StoredWebhook,
  { signal, ...message }: Sending,
): Promise<Answer> {
  const secret = sealed === null ? null : secrets.open(id, sealed)
  return send({ ...message, url, secret, sentAt: realClock.now() }, settings, signal)
}

export function bodyOf({ entity, action }: WebhookTopic, at: number, data: JsonObject): string {
  const timestamp = toIso(at).replace('Z', '+00:00')
  return JSON.stringify({ entity, action, timestamp, data })
}

// A receiver that is overloaded or broken is asked again; one that says no means it.
function judge({ url }: StoredWebhook, { status, retryAfterMs }: Answer): void {
  if (status < 300) return
  const detail = `${new URL(url).host} answered ${status}`
  const refusal = registryErrors.REGISTRY_WEBHOOK_REFUSED({ detail })
  if (status !== 429 && status < 500) throw new RetryAdvice(refusal, 'never')
  throw new RetryAdvice(refusal, { afterMs: retryAfterMs ?? 0 })
}

function isForbidden(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'REGISTRY_WEBHOOK_FORBIDDEN'
}
