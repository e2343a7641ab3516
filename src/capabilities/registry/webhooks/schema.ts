/** What a webhook can be told of, and what of it happens: mlflow/entities/webhook.py, 3.17. */
export const WEBHOOK_ACTIONS = {
  registered_model: ['created'],
  model_version: ['created'],
  model_version_tag: ['deleted', 'set'],
  model_version_alias: ['created', 'deleted'],
  prompt: ['created'],
  prompt_version: ['created'],
  prompt_tag: ['deleted', 'set'],
  prompt_version_tag: ['deleted', 'set'],
  prompt_alias: ['created', 'deleted'],
  // Can be asked for; the gateway that would exceed a budget is not part of Ratchet.
  budget_policy: ['exceeded'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type WebhookEntity = keyof typeof WEBHOOK_ACTIONS

export interface WebhookTopic {
  readonly entity: WebhookEntity
  readonly action: string
}

export type WebhookStatus = 'ACTIVE' | 'DISABLED'

/** Without its secret, which never leaves the capability. */
export interface Webhook {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly url: string
  readonly topics: readonly WebhookTopic[]
  readonly status: WebhookStatus
  readonly createdAt: number
  readonly updatedAt: number
}

export interface NewWebhook {
  readonly name: string
  readonly description?: string | undefined
  readonly url: string
  readonly topics: readonly WebhookTopic[]
  readonly status?: WebhookStatus | undefined
  /** Signs what is sent; kept encrypted. */
  readonly secret?: string | undefined
}

export type WebhookChange = { readonly [Field in keyof NewWebhook]?: NewWebhook[Field] | undefined }

export interface WebhookTest {
  readonly success: boolean
  readonly status?: number | undefined
  readonly body?: string | undefined
  readonly error?: string | undefined
}

export interface WebhookSettings {
  /** False: what is not reachable from the whole internet is not called, so no webhook looks inside the network. */
  readonly allowPrivateAddresses: boolean
  readonly schemes: readonly string[]
  /** After the first try. */
  readonly retries: number
  readonly timeoutMs: number
}
