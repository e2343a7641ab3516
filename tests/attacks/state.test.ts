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

describe('what is not there', () => {
  const none = '0'.repeat(32)

  it.each<[string, string, object?]>([
    ['GET', `/runs/get?run_id=${none}`],
    ['POST', '/runs/update', { run_id: none }],
    ['POST', '/runs/delete', { run_id: none }],
    ['POST', '/runs/restore', { run_id: none }],
    ['POST', '/runs/log-metric', { run_id: none, key: 'k', value: 1, timestamp: 1 }],
    ['POST', '/runs/log-parameter', { run_id: none, key: 'k', value: 'v' }],
    ['POST', '/runs/set-tag', { run_id: none, key: 'k', value: 'v' }],
    ['POST', '/runs/delete-tag', { run_id: none, key: 'k' }],
    ['POST', '/runs/log-batch', { run_id: none }],
    ['POST', '/runs/log-inputs', { run_id: none }],
    ['POST', '/runs/outputs', { run_id: none }],
    ['POST', '/runs/create', { experiment_id: '99999' }],
    ['GET', `/metrics/get-history?run_id=${none}&metric_key=k`],
    ['GET', `/artifacts/list?run_id=${none}`],
    ['GET', '/experiments/get?experiment_id=99999'],
    ['GET', '/experiments/get-by-name?experiment_name=none'],
    ['POST', '/experiments/delete', { experiment_id: '99999' }],
    ['POST', '/experiments/restore', { experiment_id: '99999' }],
    ['POST', '/experiments/update', { experiment_id: '99999', new_name: 'x' }],
    ['POST', '/experiments/set-experiment-tag', { experiment_id: '99999', key: 'k', value: 'v' }],
    ['GET', '/logged-models/m-none'],
    ['DELETE', '/logged-models/m-none'],
    ['PATCH', '/logged-models/m-none', { status: 'LOGGED_MODEL_READY' }],
    ['PATCH', '/logged-models/m-none/tags', { tags: [] }],
    ['GET', '/logged-models/m-none/artifacts/directories'],
    ['GET', '/logged-models/m-none/artifacts/files?artifact_file_path=x'],
    ['GET', '/registered-models/get?name=none'],
    ['POST', '/registered-models/rename', { name: 'none', new_name: 'other' }],
    ['PATCH', '/registered-models/update', { name: 'none', description: '' }],
    ['DELETE', '/registered-models/delete', { name: 'none' }],
    ['POST', '/registered-models/get-latest-versions', { name: 'none' }],
    ['POST', '/registered-models/set-tag', { name: 'none', key: 'k', value: 'v' }],
    ['POST', '/registered-models/alias', { name: 'none', alias: 'a', version: '1' }],
    ['GET', '/registered-models/alias?name=none&alias=a'],
    ['POST', '/model-versions/create', { name: 'none', source: 's3://x' }],
    ['GET', '/model-versions/get?name=none&version=1'],
    ['GET', '/model-versions/get?name=attacked&version=99'],
    ['GET', '/model-versions/get-download-uri?name=attacked&version=99'],
    ['DELETE', '/model-versions/delete', { name: 'attacked', version: '99' }],
    [
      'POST',
      '/model-versions/transition-stage',
      { name: 'attacked', version: '99', stage: 'Staging' },
    ],
    ['POST', '/model-versions/set-tag', { name: 'attacked', version: '99', key: 'k', value: 'v' }],
  ])('%s %s', async (method, path, body) => {
    const content = body === undefined ? '' : JSON.stringify(body)
    expect(await send(method, `${API}${path}`, { headers: JSON_TYPE, content })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: expect.any(String) },
    })
  })

  it.each([
    '/gateway/endpoints/list',
    '/scorers/list',
    '/issues/search',
    '/prompt-optimization/jobs',
  ])('%s is no call of this server, and says so in the protocol', async (path) => {
    for (const root of ['/api', '/ajax-api'])
      for (const version of ['2.0', '3.0'])
        expect(await send('GET', `${root}/${version}/mlflow${path}`)).toMatchObject({
          status: 404,
          body: { error_code: 'ENDPOINT_NOT_FOUND' },
        })
  })

  it.each([
    '/ajax-api/3.0/jobs/',
    '/ajax-api/3.0/jobs/search',
    '/ajax-api/3.0/mlflow/scorer/invoke',
    '/ajax-api/3.0/mlflow/assistant/message',
    '/gateway/mlflow/v1/chat/completions',
    '/graphql',
  ])('%s: nothing that MLflow would run or unfold is run here', async (path) => {
    const query = `{ ${Array.from({ length: 2000 }, (_, index) => `a${index}: test(inputString: "x")`).join(' ')} }`
    const content = JSON.stringify({ function_fullname: 'os.system', params: {}, query })
    expect(await send('POST', path, { headers: JSON_TYPE, content })).toMatchObject({
      status: 404,
      body: { error_code: 'ENDPOINT_NOT_FOUND' },
    })
  })

  it('any more: nothing is written to what was deleted', async () => {
    const experiment_id = (await post('/experiments/create', { name: 'doomed' })).body[
      'experiment_id'
    ]
    const { body } = await post('/runs/create', { experiment_id })
    const run_id = body['run'].info.run_id as string
    await post('/experiments/delete', { experiment_id })
    for (const [path, asked] of [
      ['/runs/create', { experiment_id }],
      ['/runs/log-metric', { run_id, key: 'k', value: 1, timestamp: 1 }],
      ['/runs/log-batch', { run_id, tags: [{ key: 'k', value: 'v' }] }],
      ['/runs/log-inputs', { run_id, datasets: [] }],
      ['/runs/outputs', { run_id, models: [] }],
      ['/runs/update', { run_id, status: 'FINISHED' }],
      ['/experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' }],
      ['/logged-models', { experiment_id }],
    ] as const) {
      const answer = await post(path, asked)
      expect([path, answer.status]).toEqual([path, 400])
      expect(answer.body['message']).toContain("must be in the 'active' state")
    }
    expect(await post('/experiments/create', { name: 'doomed' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
  })
})

describe('two at once', () => {
  const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)))

  it.each(['/experiments/create', '/registered-models/create'])(
    '%s makes one, and the others are told',
    async (path) => {
      const answers = await times(16, () => post(path, { name: 'raced' }))
      const made = answers.filter(({ status }) => status === 200)
      const told = answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS')
      expect([made.length, told.length]).toEqual([1, 15])
    },
  )

  it('versions get a number each', async () => {
    const answers = await times(16, () =>
      post('/model-versions/create', { name: 'raced', source: 's3://bucket/model' }),
    )
    const numbers = answers.map(({ body }) => Number(body['model_version'].version))
    expect(numbers.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 16 }, (_, index) => index + 1),
    )
  })

  it('an alias names one version in the end, and a param keeps its first value', async () => {
    const asked = (version: number) => ({ name: 'raced', alias: 'best', version: String(version) })
    await times(16, (index) => post('/registered-models/alias', asked(index + 1)))
    const { body } = await get('/registered-models/get?name=raced')
    expect(body['registered_model'].aliases).toHaveLength(1)
    const params = await times(16, (index) =>
      post('/runs/log-parameter', { run_id: runId, key: 'raced', value: String(index) }),
    )
    expect(params.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = params.filter(({ status }) => status === 400)
    expect(refused).toHaveLength(15)
    for (const one of refused) expect(one.body['message']).toMatch(/^Changing param values/)
  })
})
