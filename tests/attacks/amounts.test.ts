import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Attacked, JSON_TYPE, openAttacked } from './world.ts'

let attacked: Attacked
let runId: string
const send: Attacked['send'] = (...asked) => attacked.send(...asked)
const post: Attacked['post'] = (...asked) => attacked.post(...asked)
const get: Attacked['get'] = (...asked) => attacked.get(...asked)

beforeAll(async () => {
  attacked = await openAttacked()
  ;({ runId } = attacked)
})
afterAll(async () => {
  expect(await attacked.close()).toEqual([])
})

describe('too much', () => {
  it('of keys, metrics, params or tags in one body', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ key: `k${index}`, value: '1' }))
    const unknown = Object.fromEntries(many.map(({ key }) => [key, 1]))
    expect(await post('/runs/set-tag', { ...unknown, run_id: runId, key: 'k' })).toMatchObject({
      status: 200,
    })
    const metrics = many.map(({ key }) => ({ key, value: 1, timestamp: 1 }))
    for (const batch of [{ params: many }, { tags: many }, { metrics }])
      expect(await post('/runs/log-batch', { run_id: runId, ...batch })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      })
    const read = await get(`/runs/get?run_id=${runId}`)
    expect(read.body['run'].data.params).toBeUndefined()
  })

  it.each([
    ['/runs/search', { experiment_ids: ['0'] }],
    ['/experiments/search', {}],
    ['/logged-models/search', { experiment_ids: ['0'] }],
  ])('of results or page at %s', async (path, body) => {
    // Logged models have no limit to exceed: there is a page of a thousand then.
    const sizes = path === '/logged-models/search' ? [-1, 0] : [-1, 0, 1e12]
    for (const size of [...sizes, 1.5, '1e400', 'many'])
      expect(await post(path, { ...body, max_results: size })).toMatchObject({ status: 400 })
    const tokens = ['x', 'a'.repeat(100_000), btoa('{"offset": -1}'), btoa('{"offset": 1e99}')]
    for (const token of tokens)
      expect(await post(path, { ...body, max_results: 5, page_token: token })).toMatchObject({
        status: 400,
      })
  })

  it('of nesting, and names that objects have already', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const content = `{"experiment_id": "0", "tags": ${deep}}`
    const nested = await send('POST', `${API}/runs/create`, { headers: JSON_TYPE, content })
    expect(nested.status).toBe(400)
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const own = `{"run_id": "${runId}", "key": "${key}", "value": "mine", "${key}": 1}`
      const set = { headers: JSON_TYPE, content: own }
      expect((await send('POST', `${API}/runs/set-tag`, set)).status).toBe(200)
      const { tags } = (await get(`/runs/get?run_id=${runId}`)).body['run'].data
      expect(tags).toContainEqual({ key, value: 'mine' })
    }
  })

  it('of work in a regular expression', async () => {
    const value = `${'a'.repeat(5000)}!`
    await post('/runs/set-tag', { run_id: runId, key: 'long', value })
    const search = (expression: string) =>
      post('/runs/search', { experiment_ids: ['0'], filter: `tags.long RLIKE '${expression}'` })
    const began = performance.now()
    for (const slow of ['(a+)+$', '(a|aa)+$', '(a|a?)+$', '(.*a){20}$'])
      expect(await search(slow)).toMatchObject({ status: 200, body: {} })
    // By trying each way to match, one of them would take longer than there is time.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect((await search('a!$')).body['runs']).toHaveLength(1)
    for (const refused of ['a{1000}{1000}', '.{0,1000}'.repeat(90), 'a'.repeat(1001), '(a', '\\C'])
      expect(await search(refused)).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      })
  })
})
