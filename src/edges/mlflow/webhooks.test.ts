import { createHmac } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listJobs } from '../../jobs/index.ts'
import { LOOPBACK_WEBHOOKS, type MlflowWorld, openMlflowWorld } from './world.testing.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

let world: MlflowWorld
let receiver: Server
let url: string
let received: Received[]
let answers: { status: number; headers?: Record<string, string> }[]

beforeEach(async () => {
  world = await openMlflowWorld()
  received = []
  answers = []
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += String(part)))
    request.on('end', () => {
      received.push({ headers: request.headers, text })
      const { status, headers } = answers.shift() ?? { status: 200 }
      response.writeHead(status, headers).end('thanks')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
})
afterEach(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await world.close()
})

const WEBHOOKS = '/api/2.0/mlflow/webhooks'
const MODEL_CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' }

async function listen(events: readonly object[], more: object = {}): Promise<string> {
  const made = await world.ask('POST', WEBHOOKS, { name: 'ci', url, events, ...more })
  expect(made.status).toBe(200)
  return String(made.body['webhook'].webhook_id)
}

const told = () => received.map(({ text }) => JSON.parse(text) as Record<string, unknown>)
const createModel = (name: string, tags: readonly object[] = []) =>
  world.ask('POST', '/api/2.0/mlflow/registered-models/create', { name, tags })

// A retry waits for real time, which stands still here until it is moved.
async function deliver(): Promise<void> {
  const mover = setInterval(() => world.realClock.advance(10_000), 20)
  await world.worker.settle()
  clearInterval(mover)
}

describe('webhooks', () => {
  it('are made, read, listed, changed and deleted; the secret is never told', async () => {
    const id = await listen([MODEL_CREATED], { secret: 'sesame', description: 'tells CI' })
    const one = await world.ask('GET', `/ajax-api/2.0/mlflow/webhooks/${id}`)
    expect(one.body['webhook']).toEqual({
      webhook_id: id,
      name: 'ci',
      description: 'tells CI',
      url,
      events: [MODEL_CREATED],
      status: 'ACTIVE',
      creation_timestamp: 1000,
      last_updated_timestamp: 1000,
    })
    const changed = await world.ask('PATCH', `${WEBHOOKS}/${id}`, {
      status: 'DISABLED',
      events: [{ entity: 2, action: 1 }],
    })
    expect(changed.body['webhook']).toMatchObject({
      name: 'ci',
      status: 'DISABLED',
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    })
    expect((await world.ask('GET', WEBHOOKS)).body['webhooks']).toHaveLength(1)
    expect((await world.ask('DELETE', `${WEBHOOKS}/${id}`)).status).toBe(200)
    expect(await world.ask('GET', `${WEBHOOKS}/${id}`)).toMatchObject({
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Webhook with ID ${id} not found.`,
      },
    })
  })

  it('are listed by pages', async () => {
    for (const name of ['a', 'b', 'c']) await listen([MODEL_CREATED], { name })
    const first = await world.ask('GET', `${WEBHOOKS}?max_results=2`)
    expect(first.body['webhooks']).toHaveLength(2)
    const token = encodeURIComponent(String(first.body['next_page_token']))
    const second = await world.ask('GET', `${WEBHOOKS}?max_results=2&page_token=${token}`)
    expect(second.body['webhooks']).toHaveLength(1)
    expect(second.body['next_page_token']).toBeUndefined()
    expect((await world.ask('GET', `${WEBHOOKS}?max_results=1001`)).body['message']).toBe(
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
    const body = { name: 'ci', url, events: [MODEL_CREATED], ...wrong }
    const refused = await world.ask('POST', WEBHOOKS, body)
    expect(refused).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(refused.body['message']).toMatch(message)
  })

  it('hear of models, versions, their tags and aliases, as MLflow tells it', async () => {
    await listen([
      MODEL_CREATED,
      { entity: 'MODEL_VERSION', action: 'CREATED' },
      { entity: 'MODEL_VERSION_TAG', action: 'SET' },
      { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
      { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' },
      { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
    ])
    const { registry } = world
    await createModel('births', [{ key: 'team', value: 'a' }])
    await registry.createVersion({ model: 'births', source: 'mlflow-artifacts:/1/r/artifacts/m' })
    await registry.setVersionTag({ model: 'births', version: 1 }, { key: 'k', value: 'v' })
    await registry.deleteVersionTag({ model: 'births', version: 1 }, 'k')
    await registry.setAlias({ model: 'births', alias: 'best', version: 1, causedBy: null })
    await registry.deleteAlias({ model: 'births', alias: 'best', causedBy: null })
    await deliver()
    expect(told()).toEqual([
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
    await listen([
      MODEL_CREATED,
      { entity: 'PROMPT', action: 'CREATED' },
      { entity: 'PROMPT_VERSION', action: 'CREATED' },
      { entity: 'PROMPT_TAG', action: 'SET' },
      { entity: 'PROMPT_ALIAS', action: 'CREATED' },
    ])
    const mark = { 'mlflow.prompt.is_prompt': 'true' }
    await createModel('hello', [{ key: 'mlflow.prompt.is_prompt', value: 'true' }])
    const tags = { ...mark, 'mlflow.prompt.text': 'Hi {{name}}' }
    await world.registry.createVersion({ model: 'hello', source: 'mlflow-artifacts:/p', tags })
    await world.registry.setModelTag('hello', { key: 'k', value: 'v' })
    await world.registry.setAlias({ model: 'hello', alias: 'a', version: 1, causedBy: null })
    await deliver()
    expect(told().map(({ entity, data }) => [entity, data])).toEqual([
      ['prompt', { name: 'hello', tags: {}, description: '' }],
      [
        'prompt_version',
        { name: 'hello', version: '1', template: 'Hi {{name}}', tags: {}, description: null },
      ],
      ['prompt_tag', { name: 'hello', key: 'k', value: 'v' }],
      ['prompt_alias', { name: 'hello', alias: 'a', version: '1' }],
    ])
  })

  it('are signed, and the secret lies encrypted beside a key that only the server reads', async () => {
    await listen([MODEL_CREATED], { secret: 'sesame' })
    await createModel('births')
    await deliver()
    const [{ headers, text } = { headers: {}, text: '' }] = received
    const id = String(headers['x-mlflow-delivery-id'])
    expect(headers['x-mlflow-timestamp']).toBe('1700000000')
    const signed = createHmac('sha256', 'sesame').update(`${id}.1700000000.${text}`)
    expect(headers['x-mlflow-signature']).toBe(`v1,${signed.digest('base64')}`)

    const key = join(world.folder, 'keys/webhooks.key')
    expect(statSync(key).mode & 0o777).toBe(0o600)
    expect(readFileSync(key)).toHaveLength(32)
    const { rows } = await sql<{ secret: string }>`select secret from registry_webhooks`.execute(
      world.database.query,
    )
    expect(Buffer.from(rows[0]?.secret ?? '', 'base64').toString('latin1')).not.toContain('sesame')
  })

  it('are tried again when the receiver is overloaded or broken, under the same id', async () => {
    await listen([MODEL_CREATED], { secret: 's' })
    answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }, { status: 200 }]
    await createModel('births')
    await deliver()
    expect(received).toHaveLength(3)
    expect(new Set(received.map(({ headers }) => headers['x-mlflow-delivery-id'])).size).toBe(1)
    // Not before it may, and signed anew.
    const times = received.map(({ headers }) => Number(headers['x-mlflow-timestamp']))
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(1)
  })

  it('are given up after the tries that they have, and at once when the receiver says no', async () => {
    await listen([MODEL_CREATED])
    answers = [500, 500, 500].map((status) => ({ status }))
    await createModel('one')
    await deliver()
    expect(received).toHaveLength(3)
    answers = [{ status: 404 }]
    await createModel('two')
    await deliver()
    expect(received).toHaveLength(4)
    const failed = await listJobs(world.database.query, { state: 'failed' })
    expect(failed.map(({ error }) => error)).toEqual([
      expect.stringMatching(/answered 404/),
      expect.stringMatching(/answered 500/),
    ])
  })

  it('follow no redirect', async () => {
    await listen([MODEL_CREATED])
    answers = [{ status: 307, headers: { location: `${url}/elsewhere` } }]
    await createModel('births')
    await deliver()
    expect(received).toHaveLength(1)
  })

  it('hear nothing once they are switched off or deleted, whatever waits for them', async () => {
    const id = await listen([MODEL_CREATED])
    await createModel('one')
    await world.ask('PATCH', `${WEBHOOKS}/${id}`, { status: 'DISABLED' })
    await createModel('two')
    await deliver()
    expect(received).toEqual([])
  })

  it('are tested with an example, of any event', async () => {
    const id = await listen([MODEL_CREATED])
    const first = await world.ask('POST', `${WEBHOOKS}/${id}/test`, {})
    expect(first.body['result']).toEqual({
      success: true,
      response_status: 200,
      response_body: 'thanks',
    })
    answers = [{ status: 404 }]
    const event = { entity: 'MODEL_VERSION_TAG', action: 'SET' }
    const second = await world.ask('POST', `${WEBHOOKS}/${id}/test`, { event })
    expect(second.body['result']).toMatchObject({ success: false, response_status: 404 })
    expect(told().map(({ data }) => data)).toEqual([
      {
        name: 'example_model',
        tags: { example_key: 'example_value' },
        description: 'An example registered model',
      },
      { name: 'example_model', version: '1', key: 'example_key', value: 'example_value' },
    ])
  })
})

describe('a server that is not told otherwise', () => {
  it('calls nothing inside its network: not when it is named, and not when it became so later', async () => {
    const allowed = { ...LOOPBACK_WEBHOOKS }
    const strict = await openMlflowWorld(undefined, allowed)
    try {
      const event = { name: 'w', url, events: [MODEL_CREATED] }
      const byName = { ...event, url: url.replace('127.0.0.1', 'localhost') }
      const ids: string[] = []
      for (const body of [event, byName]) {
        const made = await strict.ask('POST', WEBHOOKS, body)
        ids.push(String(made.body['webhook'].webhook_id))
      }
      allowed.allowPrivateAddresses = false
      for (const id of ids) {
        const tested = await strict.ask('POST', `${WEBHOOKS}/${id}/test`, {})
        expect(tested.body['result']).toMatchObject({
          success: false,
          error_message: expect.stringMatching(/leads into the network of this machine/),
        })
      }
      for (const private_ of ['http://127.1/', 'http://[::ffff:10.0.0.1]/', byName.url]) {
        const refused = await strict.ask('POST', WEBHOOKS, { ...event, url: private_ })
        expect(refused.body['message']).toMatch(
          /^Webhook URL must not resolve to a non-public IP address\./,
        )
      }
      expect(received).toEqual([])
    } finally {
      await strict.close()
    }
  })
})
