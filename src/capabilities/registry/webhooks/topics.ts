import type { JsonObject } from '../../../base/json.ts'
import type { RatchetEvent } from '../../../events/index.ts'
import type { Query } from '../../../storage/database/port.ts'
import { getModel } from '../models.ts'
import type { ModelVersion, RegisteredModel, Tags } from '../schema.ts'
import { getVersion } from '../versions.ts'
import type { WebhookTopic } from './schema.ts'

/** What is told of a fact, and under which name: mlflow/webhooks/types.py and its server's handlers, 3.17. */
export interface Announcement {
  readonly topic: WebhookTopic
  readonly data: JsonObject
}

const IS_PROMPT = 'mlflow.prompt.is_prompt'
const PROMPT_TEXT = 'mlflow.prompt.text'
const PROMPT_MARKS = [IS_PROMPT, '_mlflow_prompt_type']

/** Prompts are registered models with a mark, and are told of under names of their own. */
function isPrompt(tags: Tags): boolean {
  return (tags[IS_PROMPT] ?? 'false').toLowerCase() === 'true'
}

export function modelCreated(model: RegisteredModel): Announcement {
  const { name, tags } = model
  const description = model.description ?? ''
  return isPrompt(tags)
    ? about('prompt', 'created', { name, tags: without(tags, PROMPT_MARKS), description })
    : about('registered_model', 'created', { name, tags, description })
}

export function versionCreated(version: ModelVersion): Announcement {
  const { model: name, source, runId: run_id, tags } = version
  const number = String(version.version)
  const description = version.description === '' ? null : version.description
  if (!isPrompt(tags))
    return about('model_version', 'created', {
      name,
      version: number,
      source,
      run_id,
      tags,
      description,
    })
  return about('prompt_version', 'created', {
    name,
    version: number,
    template: tags[PROMPT_TEXT] ?? null,
    tags: without(tags, [...PROMPT_MARKS, PROMPT_TEXT]),
    description,
  })
}

/** `null` for what MLflow tells nobody, such as the tags of a model that is no prompt. */
export function changed(
  { type, data }: Pick<RatchetEvent, 'type' | 'data'>,
  model: Pick<RegisteredModel, 'tags'>,
): Announcement | null {
  const { model: name = '', key = '', alias = '' } = data
  const prompt = isPrompt(model.tags)
  const version = String(data['version'])
  const value = data['value'] ?? ''
  const tags = prompt ? 'prompt_version_tag' : 'model_version_tag'
  const aliases = prompt ? 'prompt_alias' : 'model_version_alias'
  switch (type) {
    case 'registry.version_tag_set':
      return about(tags, 'set', { name, version, key, value })
    case 'registry.version_tag_deleted':
      return about(tags, 'deleted', { name, version, key })
    case 'registry.model_tag_set':
      return prompt ? about('prompt_tag', 'set', { name, key, value }) : null
    case 'registry.model_tag_deleted':
      return prompt ? about('prompt_tag', 'deleted', { name, key }) : null
    case 'registry.alias_set':
      return data['version'] === null
        ? about(aliases, 'deleted', { name, alias })
        : about(aliases, 'created', { name, alias, version })
    default:
      return null
  }
}

/** Reads what the event leaves out, in its own transaction: as it was when it happened. */
export async function announcementOf(
  query: Query,
  event: Pick<RatchetEvent, 'type' | 'data'>,
): Promise<Announcement | null> {
  const model = String(event.data['model'])
  if (event.type === 'registry.version_created')
    return versionCreated(await getVersion(query, model, Number(event.data['version'])))
  const registered = await getModel(query, model)
  return event.type === 'registry.model_created'
    ? modelCreated(registered)
    : changed(event, registered)
}

function about(entity: WebhookTopic['entity'], action: string, data: JsonObject): Announcement {
  return { topic: { entity, action }, data }
}

function without(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))
}
