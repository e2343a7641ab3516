import { afterAll, beforeAll, expect, it } from 'vitest'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld
const API = '/api/3.0/mlflow/datasets'

beforeAll(async () => {
  world = await openMlflowWorld()
})
afterAll(async () => {
  expect(world.faults).toEqual([])
  await world.close()
})

async function create(name: string, tags: object, experiment_ids: readonly string[] = []) {
  const asked = { name, tags: JSON.stringify(tags), experiment_ids }
  const { body } = await world.ask('POST', `${API}/create`, asked)
  return body['dataset'].dataset_id as string
}
const records = (id: string, list: unknown) =>
  world.ask('POST', `${API}/${id}/records`, { records: JSON.stringify(list) })

it('keeps tags and experiments, by name, and forgets what is deleted', async () => {
  const id = await create('questions', { team: 'ml', env: 'dev' }, ['0'])
  expect(id).toMatch(/^d-[0-9a-f]{32}$/)
  await world.ask('PATCH', `${API}/${id}/tags`, { tags: '{"env": "test", "n": 1, "none": null}' })
  await world.ask('DELETE', `${API}/${id}/tags/team`)
  await world.ask('POST', `${API}/${id}/add-experiments`, { experiment_ids: ['0', '7'] })
  const { body } = await world.ask('POST', `${API}/${id}/remove-experiments`, {
    experiment_ids: ['0', '9'],
  })
  expect(body['dataset']).toMatchObject({
    name: 'questions',
    tags: '{"env":"test","n":"1"}',
    experiment_ids: ['7'],
  })
  const linked = await world.ask('GET', `${API}/${id}/experiment-ids`)
  expect(linked.body).toEqual({ experiment_ids: ['7'] })
  expect((await world.ask('DELETE', `${API}/${id}`)).status).toBe(200)
  expect((await world.ask('DELETE', `${API}/${id}`)).status).toBe(200)
  for (const [method, path, asked] of [
    ['GET', ''],
    ['POST', '/records', { records: '[]' }],
    ['GET', '/records'],
    ['POST', '/add-experiments', { experiment_ids: ['0'] }],
    ['PATCH', '/tags', { tags: '{}' }],
  ] as const)
    expect(await world.ask(method, `${API}/${id}${path}`, asked)).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
})

it('takes a record with the inputs of another for the same one', async () => {
  const id = await create('records', {})
  const first = { inputs: { q: 'What?', n: 1 }, expectations: { a: 'x' }, tags: { level: 'easy' } }
  expect((await records(id, [first, { inputs: { q: 'Why?' } }])).body).toEqual({
    inserted_count: 2,
    updated_count: 0,
  })
  const again = { inputs: { n: 1, q: 'What?' }, expectations: { b: true }, outputs: 'said' }
  expect((await records(id, [again, { inputs: {} }])).body).toEqual({
    inserted_count: 1,
    updated_count: 1,
  })
  const dataset = (await world.ask('GET', `${API}/${id}`)).body['dataset']
  expect(JSON.parse(dataset.profile)).toEqual({ num_records: 3 })
  expect(JSON.parse(dataset.schema)).toMatchObject({
    inputs: { q: 'string', n: 'integer' },
    expectations: { a: 'string', b: 'boolean' },
    version: '1.0',
  })
  const page = await world.ask('GET', `${API}/${id}/records?max_results=2`)
  expect(page.body['next_page_token']).toBeDefined()
  const all = await world.ask('GET', `${API}/${id}/records`)
  const list = JSON.parse(all.body['records']) as { dataset_record_id: string; inputs: object }[]
  expect(list).toHaveLength(3)
  const what = list.find(({ inputs }) => 'n' in inputs)
  expect(what).toMatchObject({
    dataset_id: id,
    outputs: 'said',
    expectations: { a: 'x', b: true },
    tags: { level: 'easy' },
  })
  const gone = { dataset_record_ids: [what?.dataset_record_id, 'dr-none'] }
  const deleted = await world.ask('DELETE', `${API}/${id}/records`, gone)
  expect(deleted.body).toEqual({ deleted_count: 1 })
})

it('finds by tag, name and experiment, in order and by pages', async () => {
  await create('find b', { team: 'ml' }, ['3'])
  await create('find a', { team: 'ml' }, ['3', '4'])
  await create('find c', { team: 'data' }, ['4'])
  const find = async (asked: object) => {
    const { body } = await world.ask('POST', `${API}/search`, asked)
    return ((body['datasets'] ?? []) as { name: string }[]).map(({ name }) => name)
  }
  const order_by = ['name ASC']
  const filter_string = "tags.team = 'ml' AND name LIKE 'find%'"
  expect(await find({ filter_string, order_by })).toEqual(['find a', 'find b'])
  expect(await find({ experiment_ids: ['4'], order_by })).toEqual(['find a', 'find c'])
  const { body } = await world.ask('GET', `${API}/search?max_results=1&order_by=name%20ASC`)
  expect(body['datasets']).toHaveLength(1)
  const next = { page_token: body['next_page_token'], max_results: 1, order_by }
  expect(await find(next)).not.toEqual(body['datasets'])
  for (const wrong of [
    { filter_string: 'nothing = 1' },
    { order_by: ['digest'] },
    { max_results: -1 },
  ])
    expect((await world.ask('POST', `${API}/search`, wrong)).status).toBe(400)
})

it.each([
  ['create', { name: '' }],
  ['create', { name: 'x', tags: '[' }],
  ['create', { name: 'x', tags: '[]' }],
])('refuses %s %j', async (path, asked) => {
  expect(await world.ask('POST', `${API}/${path}`, asked)).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  })
})

it.each(['{', '{}', '[1]', '[{"inputs": 5}]'])('refuses records %j', async (text) => {
  const id = await create('wrong', {})
  const { status } = await world.ask('POST', `${API}/${id}/records`, { records: text })
  expect(status).toBe(400)
})
