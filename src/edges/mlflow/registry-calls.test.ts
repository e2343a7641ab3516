import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld

const API = '/api/2.0/mlflow'

beforeAll(async () => {
  world = await openMlflowWorld()
})
afterAll(() => world.close())

const post = (path: string, body: unknown) => world.ask('POST', `${API}${path}`, body)
const get = (path: string) => world.ask('GET', `${API}${path}`)
const create = (body: object) => post('/model-versions/create', body)

describe('the source of a version', () => {
  let run: string
  let logged: string
  beforeAll(async () => {
    const location = 'file:///data/experiment'
    const named = { name: 'on disk', artifact_location: location }
    const experiment = (await post('/experiments/create', named)).body['experiment_id']
    const made = await post('/runs/create', { experiment_id: experiment })
    run = made.body['run'].info.run_id
    logged = (await post('/logged-models', { experiment_id: experiment })).body['model'].info
      .model_id
    await post('/registered-models/create', { name: 'sourced' })
  })
  const root = () => `/data/experiment/${run}/artifacts`

  it.each([
    (at: string) => `file://${at}`,
    (at: string) => at,
    (at: string) => `file://${at}/model`,
    (at: string) => `file://${at}/.`,
    (at: string) => `file://${at}/model/..`,
    () => 'mlflow-artifacts:/models///',
    () => 'mlflow-artifacts:/models/foo///bar',
    () => 'mlflow-artifacts://host:9000/models/artifact/..../',
    () => 's3://bucket/model',
    () => 'runs:/some/model',
  ])('may be, case %#', async (source) => {
    const answer = await create({ name: 'sourced', source: source(root()), run_id: run })
    expect(answer.status).toBe(200)
  })

  const LOCAL = /^Invalid model version source: .* To use a local path as a model version source/
  const REMOTE = /^Invalid model version source: .* If supplying a source as an http, https,/

  it.each<[string, RegExp, object?]>([
    ['/tmp', LOCAL],
    ['file:///tmp', LOCAL],
    ['file:/etc/passwd', LOCAL],
    ['FILE:///etc/passwd', LOCAL],
    ['//proc/self/root', LOCAL],
    ['C:\\windows', LOCAL],
    ['ROOT/../../other', LOCAL],
    ['ROOT/%2e%2e/%2e%2e/other', LOCAL],
    ['ROOT?/../../../etc', LOCAL],
    ['ROOT#/../../../etc', LOCAL],
    ['ROOTx', LOCAL],
    ['ROOT', LOCAL, { run_id: undefined }],
    ['ROOT', LOCAL, { run_id: 'another' }],
    ['file:///path/to/model', LOCAL, { model_id: 'LOGGED' }],
    ['mlflow-artifacts://host:9000/models/../../../', REMOTE],
    ['http://host:9000/models/../../../', REMOTE],
    ['https://host/api/2.0/mlflow-artifacts/artifacts/../../../', REMOTE],
    ['s3a://bucket/api/2.0/mlflow-artifacts/artifacts/../../../', REMOTE],
    ['mlflow-artifacts://host:9000/models/..%2f..%2fartifacts', REMOTE],
    ['mlflow-artifacts:/models/%25252e%25252e/x', REMOTE],
    ['mlflow-artifacts:/a?x=/../../../etc', REMOTE],
    ['mlflow-artifacts:/a#/../../../etc', REMOTE],
    ['mlflow-artifacts:/a\\..\\..\\etc', REMOTE],
    ['mlflow-artifacts://host:9000/models/artifact%00', REMOTE],
    ['dbfs:/run/artifacts/a%3f/../../../../../../', REMOTE],
  ])('may not be %j', async (source, message, more = {}) => {
    const asked = { name: 'sourced', source: source.replace('ROOT', root()), run_id: run, ...more }
    const named = JSON.parse(JSON.stringify(asked).replace('LOGGED', logged)) as object
    expect(await create(named)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) },
    })
  })

  it("is not a file of another machine, and MLflow's answer to that is 500", async () => {
    const source = 'file://123.456.789.123/path/to/source'
    expect(await create({ name: 'sourced', source, run_id: run })).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining('is not a valid remote uri') },
    })
  })

  it('gives nothing of the disk away when it is read back', async () => {
    const { body } = await create({ name: 'sourced', source: root(), run_id: run })
    const { version } = body['model_version']
    for (const path of ['passwd', '../../../../etc/passwd', '%2e%2e/x', '/etc/passwd', 'a#/../b']) {
      const query = `name=sourced&version=${version}&path=${encodeURIComponent(path)}`
      const { status } = await world.ask('GET', `/model-versions/get-artifact?${query}`)
      expect([400, 404, 501]).toContain(status)
    }
  })
})

describe('prompts', () => {
  const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]

  it('are registered models that only those see who ask for them', async () => {
    await post('/registered-models/create', { name: 'greeting', tags })
    const source = 'prompt-template'
    const made = await create({ name: 'greeting', source, tags })
    expect(made.body['model_version']).toMatchObject({ source, version: '1' })
    const names = async (path: string, filter: string) => {
      const { body } = await get(`${path}?filter=${encodeURIComponent(filter)}`)
      const found = (body['registered_models'] ?? body['model_versions'] ?? []) as {
        name: string
      }[]
      return found.map(({ name }) => name).includes('greeting')
    }
    for (const path of ['/registered-models/search', '/model-versions/search']) {
      const tag = 'tags.`mlflow.prompt.is_prompt`'
      expect(await names(path, '')).toBe(false)
      expect(await names(path, "name = 'greeting'")).toBe(false)
      expect(await names(path, `${tag} = 'true'`)).toBe(true)
      expect(await names(path, `${tag} != 'true'`)).toBe(false)
      expect(await names(path, `${tag} = 'false'`)).toBe(false)
    }
  })

  it.each(['/etc/passwd', 'file:///etc/passwd', '../x', 'file:etc'])(
    'have no file %j as their source',
    async (source) => {
      expect((await create({ name: 'greeting', source, tags })).status).toBe(400)
    },
  )
})

it('orders versions as asked, then by name and newest version', async () => {
  for (const name of ['one', 'two']) {
    await post('/registered-models/create', { name })
    await create({ name, source: 'runs:/a/b' })
  }
  await create({ name: 'one', source: 'runs:/a/b' })
  const filter = encodeURIComponent("name LIKE '%' AND source_path = 'runs:/a/b'")
  const order = encodeURIComponent('version_number DESC')
  const { body } = await get(`/model-versions/search?filter=${filter}&order_by=${order}`)
  const found = (body['model_versions'] as { name: string; version: string }[]).map(
    ({ name, version }) => `${name} ${version}`,
  )
  expect(found).toEqual(['one 2', 'one 1', 'two 1'])
})

it('says an empty description where none was given', async () => {
  const { body } = await get('/model-versions/get?name=one&version=1')
  expect(body['model_version'].description).toBe('')
})

it('had no faults of its own', () => {
  expect(world.faults).toEqual([])
})

it('the source of a version has to match the rule of the server', async () => {
  const ruled = await openMlflowWorld(undefined, undefined, undefined, '^mlflow-artifacts:/.*$')
  const make = (source: string) =>
    ruled.ask('POST', `${API}/model-versions/create`, { name: 'ruled', source })
  await ruled.ask('POST', `${API}/registered-models/create`, { name: 'ruled' })
  expect(await make('s3://bucket/model')).toMatchObject({
    status: 400,
    body: {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: "Invalid model version source: 's3://bucket/model'.",
    },
  })
  expect(await make('mlflow-artifacts:/0/run/artifacts')).toMatchObject({ status: 200 })
  await ruled.close()
})

describe('a version of what a run logged', () => {
  const made = async (source: string, more: object = {}) =>
    (await create({ name: 'of runs', source, ...more })).body['model_version']
  const uri = async (version: string) =>
    (await get(`/model-versions/get-download-uri?name=of%20runs&version=${version}`)).body[
      'artifact_uri'
    ]

  it('leads to the logged model of that name, else to the files of the run', async () => {
    await post('/registered-models/create', { name: 'of runs' })
    const run = (await post('/runs/create', { experiment_id: '0' })).body['run'].info
    const model = { experiment_id: '0', name: 'model', source_run_id: run.run_id }
    const logged = (await post('/logged-models', model)).body['model'].info
    const first = await made(`runs:/${run.run_id}/model`)
    expect(first).toMatchObject({ source: `runs:/${run.run_id}/model`, run_id: run.run_id })
    expect(await uri(first.version)).toBe(logged.artifact_uri)
    const second = await made(`runs:/${run.run_id}/other/model`, { run_id: run.run_id })
    expect(await uri(second.version)).toBe(`${run.artifact_uri}/other/model`)
    const unknown = await made(`runs:/${'0'.repeat(32)}/model`)
    expect(await uri(unknown.version)).toBe(`runs:/${'0'.repeat(32)}/model`)
    expect((await create({ name: 'of runs', source: `runs:/${run.run_id}/../x` })).status).toBe(400)
  })
})

describe('lists that are kept in a tag', () => {
  const numbers = Array.from({ length: 8 }, (_none, index) => index)
  const ascending = (one: number, other: number): number => one - other

  it('name all versions of a logged model, also those made at once', async () => {
    const { model } = (await post('/logged-models', { experiment_id: '0' })).body
    const { model_id } = model.info
    await post('/registered-models/create', { name: 'listed' })
    const version = { name: 'listed', source: `models:/${model_id}`, model_id }
    await Promise.all(numbers.map(() => create(version)))
    const read = await get(`/logged-models/${model_id}`)
    const [tag] = read.body['model'].info.tags
    const listed = JSON.parse(tag.value) as readonly { readonly version: number }[]
    expect(listed.map((one) => one.version - 1).toSorted(ascending)).toEqual(numbers)
  })

  it('name all models of a run, also those logged at once', async () => {
    const { run_id } = (await post('/runs/create', { experiment_id: '0' })).body['run'].info
    const log = (number: number) =>
      post('/runs/log-model', { run_id, model_json: JSON.stringify({ number }) })
    await Promise.all(numbers.map(log))
    const { data } = (await get(`/runs/get?run_id=${run_id}`)).body['run']
    const { value } = data.tags.find((tag: { key: string }) => tag.key.endsWith('history'))
    const logged = JSON.parse(value) as readonly { readonly number: number }[]
    expect(logged.map(({ number }) => number).toSorted(ascending)).toEqual(numbers)
  })
})
