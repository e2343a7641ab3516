import { createHmac } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listJobs } from '../../jobs/index.ts'
import {
  MODEL_CREATED,
  openWebhookWorld,
  WEBHOOKS,
  type WebhookWorld,
} from './webhook-world.testing.ts'
import { LOOPBACK_WEBHOOKS, openMlflowWorld } from './world.testing.ts'

let hooks: WebhookWorld
beforeEach(async () => {
  hooks = await openWebhookWorld()
})
afterEach(() => hooks.close())

describe('calls of webhooks', () => {
  it('are signed, and the secret lies encrypted beside a key that only the server reads', async () => {
    await hooks.listen([MODEL_CREATED], { secret: 'sesame' })
    await hooks.createModel('births')
    await hooks.deliver()
    const [{ headers, text } = { headers: {}, text: '' }] = hooks.received
    const id = String(headers['x-mlflow-delivery-id'])
    expect(headers['x-mlflow-timestamp']).toBe('1700000000')
    const signed = createHmac('sha256', 'sesame').update(`${id}.1700000000.${text}`)
    expect(headers['x-mlflow-signature']).toBe(`v1,${signed.digest('base64')}`)

    const key = join(hooks.world.folder, 'keys/webhooks.key')
    expect(statSync(key).mode & 0o777).toBe(0o600)
    expect(readFileSync(key)).toHaveLength(32)
    const { rows } = await sql<{ secret: string }>`select secret from registry_webhooks`.execute(
      hooks.world.database.query,
    )
    expect(Buffer.from(rows[0]?.secret ?? '', 'base64').toString('latin1')).not.toContain('sesame')
  })

  it('are tried again when the receiver is overloaded or broken, under the same id', async () => {
    await hooks.listen([MODEL_CREATED], { secret: 's' })
    hooks.answerWith(
      { status: 503 },
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 200 },
    )
    await hooks.createModel('births')
    await hooks.deliver()
    expect(hooks.received).toHaveLength(3)
    expect(new Set(hooks.received.map(({ headers }) => headers['x-mlflow-delivery-id'])).size).toBe(
      1,
    )
    // Not before it may, and signed anew.
    const times = hooks.received.map(({ headers }) => Number(headers['x-mlflow-timestamp']))
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(1)
  })

  it('are given up after the tries that they have, and at once when the receiver says no', async () => {
    await hooks.listen([MODEL_CREATED])
    hooks.answerWith(...[500, 500, 500].map((status) => ({ status })))
    await hooks.createModel('one')
    await hooks.deliver()
    expect(hooks.received).toHaveLength(3)
    hooks.answerWith({ status: 404 })
    await hooks.createModel('two')
    await hooks.deliver()
    expect(hooks.received).toHaveLength(4)
    const failed = await listJobs(hooks.world.database.query, { state: 'failed' })
    expect(failed.map(({ error }) => error)).toEqual([
      expect.stringMatching(/answered 404/),
      expect.stringMatching(/answered 500/),
    ])
  })

  it('follow no redirect', async () => {
    await hooks.listen([MODEL_CREATED])
    hooks.answerWith({ status: 307, headers: { location: `${hooks.url}/elsewhere` } })
    await hooks.createModel('births')
    await hooks.deliver()
    expect(hooks.received).toHaveLength(1)
  })

  it('hear nothing once they are switched off or deleted, whatever waits for them', async () => {
    const id = await hooks.listen([MODEL_CREATED])
    await hooks.createModel('one')
    await hooks.world.ask('PATCH', `${WEBHOOKS}/${id}`, { status: 'DISABLED' })
    await hooks.createModel('two')
    await hooks.deliver()
    expect(hooks.received).toEqual([])
  })

  it('are tested with an example, of any event', async () => {
    const id = await hooks.listen([MODEL_CREATED])
    const first = await hooks.world.ask('POST', `${WEBHOOKS}/${id}/test`, {})
    expect(first.body['result']).toEqual({
      success: true,
      response_status: 200,
      response_body: 'thanks',
    })
    hooks.answerWith({ status: 404 })
    const event = { entity: 'MODEL_VERSION_TAG', action: 'SET' }
    const second = await hooks.world.ask('POST', `${WEBHOOKS}/${id}/test`, { event })
    expect(second.body['result']).toMatchObject({ success: false, response_status: 404 })
    expect(hooks.told().map(({ data }) => data)).toEqual([
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
      const event = { name: 'w', url: hooks.url, events: [MODEL_CREATED] }
      const byName = { ...event, url: hooks.url.replace('127.0.0.1', 'localhost') }
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
      expect(hooks.received).toEqual([])
    } finally {
      await strict.close()
    }
  })
})
