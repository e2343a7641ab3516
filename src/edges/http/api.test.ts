import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, toIso } from '../../base/time.ts'
import { openWorld, predict, T0, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'
import { openApiDocument } from './openapi.ts'
import { operations } from './operations.ts'
import { liveOnce } from './story.testing.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('a read that was read before', () => {
  it('is answered without a body', async () => {
    const { headers } = await world.request('GET', '/models')
    const again = await world.app.inject({
      url: '/api/v1/models',
      headers: { 'if-none-match': String(headers.etag) },
    })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    await world.register('births', null)
    const changed = await world.app.inject({
      url: '/api/v1/models/births',
      headers: { 'if-none-match': String(headers.etag) },
    })
    expect(changed.statusCode).toBe(200)
  })
})

describe('the stream', () => {
  it('says the time, then what happens from where it was left', async () => {
    await liveOnce(world)
    const address = await world.app.listen({ host: '127.0.0.1', port: 0 })
    const abort = new AbortController()
    const headers = { 'last-event-id': '1' }
    const stream = await fetch(`${address}/api/v1/events/stream`, { headers, signal: abort.signal })
    let text = ''
    for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part
      if (text.includes('deployments.rollout_started')) break
    }
    abort.abort()
    const frames = text.split('\n\n').map((frame) => frame.split('\n'))
    const dataOf = (name: string) =>
      frames
        .filter((lines) => lines.includes(`event: ${name}`))
        .map(
          (lines) =>
            JSON.parse(lines.find((line) => line.startsWith('data: '))?.slice(6) ?? '') as unknown,
        )
    expect(dataOf('clock')).toEqual([{ now: toIso(T0 + 60 * DAY_MS), replay: true }])
    const events = dataOf('happened').map((data) => contract.eventSchema.parse(data))
    expect(events[0]?.seq).toBe(2)
    expect(events.every(({ depth }) => depth === 0)).toBe(true)
  })
})

describe('OpenAPI', () => {
  it('has every operation, with the schemas that check it', async () => {
    const { openapi, paths } = openApiDocument('0.1.0')
    expect(openapi).toBe('3.1.0')
    const methods = Object.values(paths).flatMap((path) => Object.keys(path))
    expect(methods).toHaveLength(Object.keys(operations).length)
    expect(paths['/api/v1/models/{name}/promote']?.post).toMatchObject({
      parameters: [{ name: 'name', in: 'path', required: true }],
      requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
    })
    expect((await world.request('GET', '/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
  })
})

describe('the page', () => {
  const get = (url: string, accept = 'text/html') => world.app.inject({ url, headers: { accept } })

  it('says how to build it when it is not there', async () => {
    const response = await get('/')
    expect(response.body).toContain('npm run build:web')
    expect(response.headers['content-security-policy']).toContain("default-src 'self'")
  })

  it('is served for each of its addresses, its hashed files for ever', async () => {
    const assets = join(world.folder, 'web', 'assets')
    mkdirSync(assets, { recursive: true })
    writeFileSync(join(world.folder, 'web', 'index.html'), '<p>page</p>')
    writeFileSync(join(assets, 'app-1a2b.js'), 'run()')
    for (const url of ['/', '/models/births', '/gates/gate_1?tab=x'])
      expect((await get(url)).body).toBe('<p>page</p>')
    expect((await get('/')).headers).toMatchObject({ 'cache-control': 'public, max-age=0' })
    expect((await get('/')).headers['content-security-policy']).toContain("default-src 'self'")
    expect((await get('/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable')
    expect((await get('/assets/gone.js')).statusCode).toBe(404)
    expect((await get('/models', 'application/json')).statusCode).toBe(404)
    expect((await get('/..%2f..%2fetc/passwd.txt', '*/*')).statusCode).toBe(404)
  })
})

describe('machines', () => {
  it('learn whether it is ready and how much there is', async () => {
    await predict(world, T0, 5)
    expect((await world.app.inject('/ready')).statusCode).toBe(200)
    const { body } = await world.app.inject('/metrics')
    expect(body).toContain('ratchet_predictions_logged{model="births",labelled="yes"} 1')
    const starting = await openWorld({ notReady: () => 'The database is being opened.' })
    expect((await starting.app.inject('/ready')).json()).toMatchObject({
      status: 503,
      code: 'NOT_READY',
    })
    await starting.close()
  })
})
