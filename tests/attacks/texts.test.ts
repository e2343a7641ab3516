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

describe('SQL in what is only a text', () => {
  const TEXTS = [
    "'; drop table tracking_runs; --",
    "x' or '1'='1",
    '"; delete from tracking_experiments; --',
    'metrics.`a` > 1); drop table tracking_runs; --',
    "name' union select * from settings --",
    '\u0000',
    '%00',
    '`',
    '\\',
  ]

  it.each(TEXTS)('%j', async (text) => {
    const body = { experiment_ids: ['0', text], filter: text, order_by: [text] }
    const query = `filter=${encodeURIComponent(text)}&order_by=${encodeURIComponent(text)}`
    const answers = [
      await post('/runs/search', body),
      await post('/runs/search', { ...body, order_by: [] }),
      await post('/runs/search', { experiment_ids: ['0'], filter: `tags.\`${text}\` = '${text}'` }),
      await post('/experiments/search', { max_results: 10, filter: text, order_by: [text] }),
      await post('/logged-models/search', { ...body, order_by: [{ field_name: text }] }),
      await get(`/registered-models/search?${query}`),
      await get(`/model-versions/search?${query}`),
      await get(`/metrics/get-history?run_id=${runId}&metric_key=${encodeURIComponent(text)}`),
      await get(`/experiments/get-by-name?experiment_name=${encodeURIComponent(text)}`),
      await get(`/registered-models/get?name=${encodeURIComponent(text)}`),
      await post('/experiments/create', { name: `${text} as a name` }),
    ]
    for (const { status } of answers) expect([200, 400, 404]).toContain(status)
    const experiment = answers.at(-1)?.body['experiment_id']
    const read = await get(`/experiments/get?experiment_id=${experiment}`)
    expect(read.body['experiment'].name).toBe(`${text} as a name`)
    expect((await get(`/runs/get?run_id=${runId}`)).status).toBe(200)
  })
})

describe('values of the wrong kind', () => {
  it('are refused when they are no UTF-8, with nothing stored', async () => {
    const content = Buffer.concat([
      Buffer.from('{"name": "'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ])
    const sent = { headers: JSON_TYPE, content }
    expect(await send('POST', `${API}/experiments/create`, sent)).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    for (const broken of ['%ff', '%c3%28', '%'])
      expect([400, 404]).toContain(
        (await send('GET', `${API}/experiments/get-by-name?experiment_name=${broken}`)).status,
      )
  })

  it.each<[string, object, number]>([
    ['/runs/log-metric', { key: 'm', value: '1.5', timestamp: '7', step: '3' }, 200],
    ['/runs/log-metric', { key: 'm', value: 'NaN', timestamp: 7 }, 200],
    ['/runs/log-metric', { key: 'm', value: '-Infinity', timestamp: 7 }, 200],
    ['/runs/log-metric', { key: 'm', value: true, timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: 'high', timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: {}, timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: -1 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: 1.5 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: '99999999999999999999' }, 400],
    ['/runs/log-metric', { key: 5, value: 1, timestamp: 1 }, 400],
    ['/runs/log-parameter', { key: 'p', value: 5 }, 400],
    ['/runs/log-parameter', { key: ['p'], value: '5' }, 400],
    ['/runs/set-tag', { key: 'k', value: null }, 200],
    ['/runs/set-tag', { key: '', value: 'v' }, 400],
    ['/runs/set-tag', { key: '../k', value: 'v' }, 400],
    ['/runs/set-tag', { key: 'k'.repeat(251), value: 'v' }, 400],
    ['/runs/log-batch', { tags: {} }, 400],
    ['/runs/log-batch', { metrics: [null] }, 400],
    ['/runs/log-batch', { metrics: 'none' }, 400],
    ['/runs/update', { status: 'RUNNING', end_time: '5' }, 200],
    ['/runs/update', { status: 'ASLEEP' }, 400],
    ['/runs/log-inputs', { datasets: [{}] }, 400],
    ['/runs/log-model', { model_json: '{' }, 400],
  ])('%s %j is answered %i', async (path, body, status) => {
    const answer = await post(path, { run_id: runId, ...body })
    expect(answer.status).toBe(status)
    const code = status === 400 ? 'INVALID_PARAMETER_VALUE' : undefined
    expect(answer.body['error_code']).toBe(code)
  })

  it('are no matter in a body that is no JSON object', async () => {
    for (const content of ['', '[]', '5', 'null', '"x"', '{', '"{\\"experiment_id\\": \\"0\\"}"'])
      expect([200, 400, 404]).toContain(
        (await send('POST', `${API}/runs/create`, { headers: JSON_TYPE, content })).status,
      )
  })
})
