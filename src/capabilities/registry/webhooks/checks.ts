import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { errorMessage } from '../../../base/errors.ts'
import { invalid } from '../names.ts'
import { isPublicAddress } from './addresses.ts'
import { WEBHOOK_ACTIONS, type WebhookSettings, type WebhookTopic } from './schema.ts'

/** Names, events and addresses as MLflow takes them, with its words: mlflow/utils/validation.py, 3.17. */
export function checkWebhookName(name: string): void {
  if (/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i.test(name)) return
  throw invalid(
    `Webhook name '${name}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`,
  )
}

export function checkTopics(topics: readonly WebhookTopic[]): void {
  if (topics.length === 0) throw invalid('Webhook events cannot be empty')
  for (const { entity, action } of topics) {
    const actions: readonly string[] = WEBHOOK_ACTIONS[entity]
    if (actions.includes(action)) continue
    const known = actions.map((one) => `'${one}'`).join(', ')
    throw invalid(
      `Invalid action '${action}' for entity '${entity}'. Valid actions are: [${known}]`,
    )
  }
}

/** What is not allowed to be called is told when it is named; whether it still is, when it is called. */
export async function checkUrl(text: string, settings: WebhookSettings): Promise<void> {
  if (text.trim() === '') throw invalid(`Webhook URL cannot be empty or just whitespace: '${text}'`)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
  if (!settings.schemes.includes(scheme))
    throw invalid(
      `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${settings.schemes.join(', ')}.`,
    )
  const bare = /^[^:]+:\/*$/.test(text)
  if (!bare && !URL.canParse(text)) throw invalid(`Invalid webhook URL: '${text}'`)
  const host = bare ? '' : new URL(text).hostname
  if (host === '') throw invalid(`Webhook URL must include a hostname: '${text}'`)
  if (!settings.allowPrivateAddresses) await checkHost(host)
}

async function checkHost(host: string): Promise<void> {
  const found = await addressesOf(host).catch((cause: unknown) => {
    throw invalid(`Cannot resolve Webhook URL hostname '${host}': ${errorMessage(cause)}`)
  })
  const inside = found.find((address) => !isPublicAddress(address))
  if (inside !== undefined)
    throw invalid(
      `Webhook URL must not resolve to a non-public IP address. '${host}' resolves to ${inside}.`,
    )
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return [literal]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
