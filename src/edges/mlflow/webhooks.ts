import {
  type Webhook,
  WEBHOOK_ACTIONS,
  type WebhookEntity,
  type WebhookStatus,
  type WebhookTopic,
} from '../../capabilities/registry/index.ts'
import { type Call, call, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { listOrNothing } from './tracking-shapes.ts'

// In the order of their numbers in MLflow's protocol (protos/webhooks.proto, 3.17), from 1.
const ENTITIES = Object.keys(WEBHOOK_ACTIONS) as readonly WebhookEntity[]
const ACTIONS = ['created', 'updated', 'deleted', 'set', 'exceeded'] as const
const STATUSES = ['ACTIVE', 'DISABLED'] as const

const named = <T extends string>(values: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), value]))

const id = (fields: Fields): string => fields.requiredText('webhook_id')

export const webhookCalls: readonly Call[] = [
  call('POST', '/webhooks', create),
  call('GET', '/webhooks', async (fields, { webhooks }) => {
    const page = await webhooks.list({
      maxResults: fields.whole('max_results'),
      pageToken: fields.text('page_token'),
    })
    return {
      webhooks: listOrNothing(page.items.map(webhookShape)),
      next_page_token: page.nextPageToken ?? undefined,
    }
  }),
  call('GET', '/webhooks/:webhook_id', async (fields, { webhooks }) => ({
    webhook: webhookShape(await webhooks.get(id(fields))),
  })),
  call('PATCH', '/webhooks/:webhook_id', update),
  call('DELETE', '/webhooks/:webhook_id', async (fields, { webhooks }) => {
    await webhooks.remove(id(fields))
    return {}
  }),
  call('POST', '/webhooks/:webhook_id/test', async (fields, { webhooks }) => {
    const event = fields.message('event')
    const tried = await webhooks.test(id(fields), event && topicOf(event))
    return {
      result: {
        success: tried.success,
        response_status: tried.status,
        response_body: tried.body,
        error_message: tried.error,
      },
    }
  }),
]

async function create(fields: Fields, { webhooks }: MlflowDeps): Promise<object> {
  const name = fields.requiredText('name')
  const url = fields.requiredText('url')
  const topics = topicsOf(fields)
  if (topics.length === 0)
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      "Missing value for required parameter 'events'. See the API docs for more information about request parameters.",
    )
  const webhook = await webhooks.create({
    name,
    url,
    topics,
    description: fields.filledText('description'),
    secret: fields.filledText('secret'),
    status: statusOf(fields),
  })
  return { webhook: webhookShape(webhook) }
}

async function update(fields: Fields, { webhooks }: MlflowDeps): Promise<object> {
  const topics = topicsOf(fields)
  const webhook = await webhooks.update(id(fields), {
    name: fields.filledText('name'),
    description: fields.text('description'),
    url: fields.filledText('url'),
    topics: topics.length === 0 ? undefined : topics,
    secret: fields.text('secret'),
    status: statusOf(fields),
  })
  return { webhook: webhookShape(webhook) }
}

function topicsOf(fields: Fields): readonly WebhookTopic[] {
  return fields.messages('events').map(topicOf)
}

function topicOf(event: Fields): WebhookTopic {
  return {
    entity: event.requiredOneOf('entity', named(ENTITIES), ENTITIES),
    action: event.requiredOneOf('action', named(ACTIONS), ACTIONS),
  }
}

function statusOf(fields: Fields): WebhookStatus | undefined {
  return fields.oneOf('status', named(STATUSES), STATUSES)
}

function webhookShape(webhook: Webhook) {
  const description = webhook.description ?? ''
  return {
    webhook_id: webhook.id,
    name: webhook.name,
    description: description === '' ? undefined : description,
    url: webhook.url,
    events: webhook.topics.map(({ entity, action }) => ({
      entity: entity.toUpperCase(),
      action: action.toUpperCase(),
    })),
    status: webhook.status,
    creation_timestamp: webhook.createdAt,
    last_updated_timestamp: webhook.updatedAt,
  }
}
