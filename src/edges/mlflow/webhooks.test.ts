import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  MODEL_CREATED,
  openWebhookWorld,
  WEBHOOKS,
  type WebhookWorld,
} from './webhook-world.testing.ts'

let hooks: WebhookWorld
beforeEach(async () => {
  hooks = await openWebhookWorld()
})
afterEach(() => hooks.close())

describe('webhooks', () => {
  it('are made, read, listed, changed and deleted; the secret is never told', async () => {
    const id = await hooks.listen([MODEL_CREATED], { secret: 'sesame', description: 'tells CI' })
    const one = await hooks.world.ask('GET', `/ajax-api/2.0/mlflow/webhooks/${id}`)
    expect(one.body['webhook']).toEqual({
      webhook_id: id,
      name: 'ci',
      description: 'tells CI',
      url: hooks.url,
      events: [MODEL_CREATED],
      status: 'ACTIVE',
      creation_timestamp: 1000,
      last_updated_timestamp: 1000,
    })
    const changed = await hooks.world.ask('PATCH', `${WEBHOOKS}/${id}`, {
      status: 'DISABLED',
      events: [{ entity: 2, action: 1 }],
    })
    expect(changed.body['webhook']).toMatchObject({
      name: 'ci',
      status: 'DISABLED',
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    })
    expect((await hooks.world.ask('GET', WEBHOOKS)).body['webhooks']).toHaveLength(1)
    expect((await hooks.world.ask('DELETE', `${WEBHOOKS}/${id}`)).status).toBe(200)
    expect(await hooks.world.ask('GET', `${WEBHOOKS}/${id}`)).toMatchObject({
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Webhook with ID ${id} not found.`,
      },
    })
  })

  it('are listed by pages', async () => {
    for (const name of ['a', 'b', 'c']) await hooks.listen([MODEL_CREATED], { name })
    const first = await hooks.world.ask('GET', `${WEBHOOKS}?max_results=2`)
    expect(first.body['webhooks']).toHaveLength(2)
    const token = encodeURIComponent(String(first.body['next_page_token']))
    const second = await hooks.world.ask('GET', `${WEBHOOKS}?max_results=2&page_token=${token}`)
    expect(second.body['webhooks']).toHaveLength(1)
    expect(second.body['next_page_token']).toBeUndefined()
    expect((await hooks.world.ask('GET', `${WEBHOOKS}?max_results=1001`)).body['message']).toBe(
      'max_results must be between 1 and 1000.',
    )
  })

  it.each([
    [{ name: '' }, /Missing value for required parameter 'name'/],
    [{ name: '-x' }, /^Webhook name '-x' is invalid\. It must start and end with/],
    [{ name: 'x'.repeat(64) }, /is invalid/],
    [{ url: 'ftp://example.com' }, /^Invalid webhook URL scheme: 'ftp'\. Allowed schemes are:/],
    [{ url: 'http://' }, /^Webhook URL must include a hostname/],
    [{ events: [] }, /Missing value for required parameter 'events'/],
    [
      { events: [{ entity: 'REGISTERED_MODEL', action: 'UPDATED' }] },
      /^Invalid action 'updated' for entity 'registered_model'\. Valid actions are: \['created'\]/,
    ],
  ])('refuses %j', async (wrong, message) => {
    const body = { name: 'ci', url: hooks.url, events: [MODEL_CREATED], ...wrong }
    const refused = await hooks.world.ask('POST', WEBHOOKS, body)
    expect(refused).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(refused.body['message']).toMatch(message)
  })

  it('hear of models, versions, their tags and aliases, as MLflow tells it', async () => {
    await hooks.listen([
      MODEL_CREATED,
      { entity: 'MODEL_VERSION', action: 'CREATED' },
      { entity: 'MODEL_VERSION_TAG', action: 'SET' },
      { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
      { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' },
      { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
    ])
    const { registry } = hooks.world
    await hooks.createModel('births', [{ key: 'team', value: 'a' }])
    await registry.createVersion({ model: 'births', source: 'mlflow-artifacts:/1/r/artifacts/m' })
    await registry.setVersionTag({ model: 'births', version: 1 }, { key: 'k', value: 'v' })
    await registry.deleteVersionTag({ model: 'births', version: 1 }, 'k')
    await registry.setAlias({ model: 'births', alias: 'best', version: 1, causedBy: null })
    await registry.deleteAlias({ model: 'births', alias: 'best', causedBy: null })
    await hooks.deliver()
    expect(hooks.told()).toEqual([
      {
        entity: 'registered_model',
        action: 'created',
        timestamp: '1970-01-01T00:00:01.000+00:00',
        data: { name: 'births', tags: { team: 'a' }, description: '' },
      },
      expect.objectContaining({
        entity: 'model_version',
        data: {
          name: 'births',
          version: '1',
          source: 'mlflow-artifacts:/1/r/artifacts/m',
          run_id: null,
          tags: {},
          description: null,
        },
      }),
      expect.objectContaining({
        entity: 'model_version_tag',
        action: 'set',
        data: { name: 'births', version: '1', key: 'k', value: 'v' },
      }),
      expect.objectContaining({
        action: 'deleted',
        data: { name: 'births', version: '1', key: 'k' },
      }),
      expect.objectContaining({
        entity: 'model_version_alias',
        action: 'created',
        data: { name: 'births', alias: 'best', version: '1' },
      }),
      expect.objectContaining({ action: 'deleted', data: { name: 'births', alias: 'best' } }),
    ])
  })

  it('hear of prompts under names of their own, without the marks that make them prompts', async () => {
    await hooks.listen([
      MODEL_CREATED,
      { entity: 'PROMPT', action: 'CREATED' },
      { entity: 'PROMPT_VERSION', action: 'CREATED' },
      { entity: 'PROMPT_TAG', action: 'SET' },
      { entity: 'PROMPT_ALIAS', action: 'CREATED' },
    ])
    const mark = { 'mlflow.prompt.is_prompt': 'true' }
    await hooks.createModel('hello', [{ key: 'mlflow.prompt.is_prompt', value: 'true' }])
    const tags = { ...mark, 'mlflow.prompt.text': 'Hi {{name}}' }
    await hooks.world.registry.createVersion({
      model: 'hello',
      source: 'mlflow-artifacts:/p',
      tags,
    })
    await hooks.world.registry.setModelTag('hello', { key: 'k', value: 'v' })
    await hooks.world.registry.setAlias({ model: 'hello', alias: 'a', version: 1, causedBy: null })
    await hooks.deliver()
    expect(hooks.told().map(({ entity, data }) => [entity, data])).toEqual([
      ['prompt', { name: 'hello', tags: {}, description: '' }],
      [
        'prompt_version',
        { name: 'hello', version: '1', template: 'Hi {{name}}', tags: {}, description: null },
      ],
      ['prompt_tag', { name: 'hello', key: 'k', value: 'v' }],
      ['prompt_alias', { name: 'hello', alias: 'a', version: '1' }],
    ])
  })
})
