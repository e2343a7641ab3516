import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MLFLOW_VERSION } from './index.ts'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld
beforeAll(async () => {
  world = await openMlflowWorld()
})
afterAll(async () => {
  expect(world.faults).toEqual([])
  await world.close()
})

const post = (path: string, body: unknown) => world.ask('POST', `/api/2.0/mlflow${path}`, body)
const get = (path: string) => world.ask('GET', `/api/2.0/mlflow${path}`)
const newRun = async (): Promise<string> =>
  (await post('/runs/create', { experiment_id: '0' })).body['run'].info.run_id

describe('protocol', () => {
  it('answers the probes', async () => {
    expect(await (await fetch(`${world.root}/health`)).text()).toBe('OK')
    expect(await (await fetch(`${world.root}/version`)).text()).toBe(MLFLOW_VERSION)
    for (const path of ['/api/3.0/mlflow/server-info', '/ajax-api/3.0/mlflow/server-info'])
      expect(await world.ask('GET', path)).toMatchObject({
        status: 200,
        body: { store_type: 'SqlStore', workspaces_enabled: false },
      })
  })

  it('serves programs and pages alike', async () => {
    const path = '/2.0/mlflow/experiments/get?experiment_id=0'
    const [api, ajax] = [
      await world.ask('GET', `/api${path}`),
      await world.ask('GET', `/ajax-api${path}`),
    ]
    expect(api).toEqual(ajax)
    expect(api.body).toEqual({
      experiment: {
        experiment_id: '0',
        name: 'Default',
        artifact_location: 'mlflow-artifacts:/0',
        lifecycle_stage: 'active',
        last_update_time: 0,
        creation_time: 0,
      },
    })
  })

  it('answers what it does not know in the shape that clients read', async () => {
    for (const path of ['/2.0/mlflow/nonsense', '/3.0/mlflow/traces', '/2.0/mlflow-artifacts/x'])
      expect(await world.ask('GET', `/api${path}`)).toMatchObject({
        status: 404,
        body: { error_code: 'ENDPOINT_NOT_FOUND', message: expect.any(String) },
      })
  })

  it('wants JSON, also within JSON, and takes the rest for nothing', async () => {
    const send = async (body: string, type?: string) => {
      const response = await fetch(`${world.root}/api/2.0/mlflow/runs/create`, {
        method: 'POST',
        body: Buffer.from(body),
        headers: type === undefined ? {} : { 'content-type': type },
      })
      return { status: response.status, body: (await response.json()) as object }
    }
    const request = JSON.stringify({ experiment_id: '0' })
    expect(await send(request)).toMatchObject({
      status: 400,
      body: { message: 'Bad Request. Content-Type header is missing.' },
    })
    expect(await send(request, 'text/plain')).toMatchObject({
      body: { message: "Bad Request. Content-Type must be one of ['application/json']." },
    })
    expect((await send(request, 'application/json; charset=utf-8')).status).toBe(200)
    expect((await send(JSON.stringify(request), 'application/json')).status).toBe(200)
    expect((await send('{', 'application/json')).status).toBe(404)
  })

  it('reads fields in both spellings, numbers as text, and ignores the unknown', async () => {
    const { body } = await post('/runs/create', {
      experimentId: '0',
      startTime: '1234',
      run_name: 'x',
      nonsense: 1,
    })
    expect(body['run'].info).toMatchObject({ experiment_id: '0', start_time: 1234, run_name: 'x' })
  })

  it.each([
    ['/runs/get?run_id=', "Missing value for required parameter 'run_id'. See the API docs"],
    ['/experiments/get-by-name?experiment_name=x', "Could not find experiment with name 'x'"],
    [
      '/experiments/search?max_results=x',
      `Invalid value "x" for parameter 'max_results' supplied.`,
    ],
    ['/runs/get?run_uuid=00', 'Run with id=00 not found'],
    ['/model-versions/get?name=a&version=b', "Parameter 'version' must be an integer, got 'b'."],
    ['/registered-models/get?name=a', 'Registered Model with name=a not found'],
  ])('refuses %s', async (path, message) => {
    const { status, body } = await get(path)
    expect(status).toBeLessThan(500)
    expect(body['message']).toContain(message)
  })
})

describe('runs', () => {
  it('go out as they are in MLflow: numbers, special numbers, nothing unset', async () => {
    const id = await newRun()
    await post('/runs/log-batch', {
      run_id: id,
      metrics: [
        { key: 'nan', value: 'NaN', timestamp: 1, step: 0 },
        { key: 'inf', value: 'Infinity', timestamp: '2', step: '-3' },
      ],
      params: [{ key: 'p', value: '' }],
    })
    const { body } = await get(`/runs/get?run_id=${id}`)
    expect(body['run']).toMatchObject({
      info: { run_id: id, run_uuid: id, status: 'RUNNING', user_id: '' },
      data: {
        metrics: [
          { key: 'inf', value: 1.7976931348623157e308, timestamp: 2, step: -3 },
          { key: 'nan', value: 'NaN', timestamp: 1, step: 0 },
        ],
        params: [{ key: 'p', value: '' }],
      },
      inputs: {},
      outputs: {},
    })
    expect(body['run'].info).not.toHaveProperty('end_time')
  })

  it('name the place of a fault in a batch', async () => {
    const id = await newRun()
    const refused = async (batch: object) =>
      (await post('/runs/log-batch', { run_id: id, ...batch })).body['message']
    expect(await refused({ metrics: [{ key: 'a', value: 1 }] })).toContain(
      "Missing value for required parameter 'metrics[0].timestamp'.",
    )
    expect(await refused({ params: [{ key: 'a', value: '1' }, { value: '2' }] })).toContain(
      "Missing value for required parameter 'params[1].key'.",
    )
    expect(await refused({ tags: 'x' })).toContain(
      `Invalid value "x" for parameter 'tags' supplied.`,
    )
    expect(await refused({ metrics: [{ key: 'a', value: true, timestamp: 1 }] })).toContain(
      "Invalid value true for parameter 'metrics[0].value' supplied.",
    )
    expect(await refused({ tags: [{ key: '../x', value: '' }] })).toContain(
      `Invalid value "../x" for parameter 'tags[0].key' supplied: Names may be treated as files`,
    )
    expect((await get(`/runs/get?run_id=${id}`)).body['run'].data).not.toHaveProperty('params')
  })

  it('are found page by page', async () => {
    await newRun()
    await newRun()
    const search = (extra: object) => post('/runs/search', { experiment_ids: ['0'], ...extra })
    const first = await search({ max_results: 1, run_view_type: 'ALL' })
    expect(first.body['runs']).toHaveLength(1)
    const second = await search({ max_results: 1, page_token: first.body['next_page_token'] })
    expect(second.body['runs'][0].info.run_id).not.toBe(first.body['runs'][0].info.run_id)
    expect(await search({ filter: "params.x = 'y' OR 1" })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', sqlstate: 'KAM00' },
    })
  })
})

describe('registry', () => {
  it("answers with MLflow's codes", async () => {
    expect((await post('/registered-models/create', { name: 'm' })).status).toBe(200)
    expect(await post('/registered-models/create', { name: 'm' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
    const source = 'mlflow-artifacts:/0/r/artifacts/m'
    expect(await post('/model-versions/create', { name: 'none', source })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
    const { body } = await post('/model-versions/create', { name: 'm', source })
    expect(body['model_version']).toMatchObject({ version: '1', current_stage: 'None', source })
    expect(
      await post('/model-versions/transition-stage', {
        name: 'm',
        version: '1',
        stage: 'none',
        archive_existing_versions: true,
      }),
    ).toMatchObject({ status: 500, body: { error_code: 'INTERNAL_ERROR' } })
    expect(await get('/registered-models/alias?name=m&alias=x')).toMatchObject({
      status: 400,
      body: { message: 'Registered model alias x not found.' },
    })
    expect(await get('/model-versions/get-download-uri?name=m&version=1')).toMatchObject({
      body: { artifact_uri: source },
    })
    const found = await get("/model-versions/search?filter=name='m'&order_by=version_number%20DESC")
    expect(found.body['model_versions']).toHaveLength(1)
  })
})
