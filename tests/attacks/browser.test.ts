import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Attacked, JSON_TYPE, openAttacked } from './world.ts'

let attacked: Attacked
let runId: string
const send: Attacked['send'] = (...asked) => attacked.send(...asked)

beforeAll(async () => {
  attacked = await openAttacked()
  ;({ runId } = attacked)
})
afterAll(async () => {
  expect(await attacked.close()).toEqual([])
})

describe('a browser that shows a page of somebody else', () => {
  const address = (url: string): string =>
    url
      .replace(/:(\w+)/g, (_match, name: string) => (name === 'model_id' ? attacked.modelId : '1'))
      .replace('*', 'x')

  it('gets no answer at any address by a name that was made to point here', async () => {
    expect(attacked.routes.length).toBeGreaterThan(220)
    for (const { method, url } of attacked.routes) {
      if (url === '/health' || url === '/version') continue
      const headers = { ...JSON_TYPE, host: 'rebound.example:5000' }
      const { status } = await send(method, address(url), { headers, content: '{}' })
      expect([method, url, status]).toEqual([method, url, 403])
    }
  })

  it('changes nothing at any address', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example'])
      for (const { method, url } of attacked.routes) {
        if (method === 'GET') continue
        const headers = { ...JSON_TYPE, origin, host: `127.0.0.1:${attacked.port}` }
        const { status } = await send(method, address(url), { headers, content: '{}' })
        expect([method, url, status]).toEqual([method, url, 403])
      }
  })

  it('cannot have a form sent for it, nor a page framed', async () => {
    const headers = { 'content-type': 'text/plain' }
    const content = '{"name": "by a form"}'
    const sent = await send('POST', `${API}/experiments/create`, { headers, content })
    expect(sent).toMatchObject({ status: 400 })
    const response = await fetch(`http://127.0.0.1:${attacked.port}/health`)
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['page.html', 'image.svg'])('saves a logged %s, and does not run it', async (name) => {
    const file = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${name}`
    await send('PUT', file, { content: '<script>alert(1)</script>' })
    const answer = await fetch(`http://127.0.0.1:${attacked.port}${file}`)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('finds each call below /api and below /ajax-api', () => {
    const below = (root: string) =>
      attacked.routes
        .filter(({ url }) => url.startsWith(root) && !url.startsWith('/api/v1/'))
        .map(({ method, url }) => `${method} ${url.slice(root.length)}`)
        .toSorted()
    expect(below('/api/')).toEqual(below('/ajax-api/'))
  })
})
