import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

async function logRun(name: string, rmse: number, tags: Readonly<Record<string, string>> = {}) {
  const { tracking } = world
  const run = await tracking.createRun({ experimentId: '0', name, startTime: 1000 })
  await tracking.logBatch(run.id, {
    params: [{ key: 'depth', value: '3' }],
    metrics: [0, 1, 2].map((step) => ({ key: 'rmse', value: rmse + step, at: 5 + step, step })),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  })
  return run
}

describe('experiments', () => {
  it('are made, renamed, described, deleted and restored', async () => {
    const made = await world.request('POST', '/experiments', { name: 'team/project/x' })
    const { id } = contract.experimentSchema.parse(made.json())
    await world.request('POST', `/experiments/${id}/rename`, { name: 'team/y' })
    await world.request('POST', `/experiments/${id}/describe`, { description: '<b>why</b>' })
    await world.request('POST', `/experiments/${id}/delete`)
    const gone = await world.read(contract.experimentListSchema, '/experiments?view=deleted')
    expect(gone.items).toMatchObject([{ name: 'team/y', lifecycle: 'deleted', runs: 0 }])
    await world.request('POST', `/experiments/${id}/restore`)
    const back = await world.read(contract.experimentSchema, `/experiments/${id}`)
    expect(back.tags).toEqual([{ key: 'mlflow.note.content', value: '<b>why</b>' }])
    const nameless = await world.request('POST', `/experiments/${id}/rename`, {})
    expect(nameless.json()).toMatchObject({ code: 'REQUEST_INVALID', path: 'name' })
    expect((await world.request('POST', '/experiments', { name: 'team/y' })).statusCode).toBe(409)
  })
})

describe('the table of runs', () => {
  it('has the asked columns, keys, groups and points of charts', async () => {
    const [a, b] = [await logRun('a', 1, { team: 'x' }), await logRun('b', Number.NaN)]
    const table = await world.read(
      contract.runTableSchema,
      '/runs?experiment=0&columns=metrics.rmse&columns=tags.team&order_by=metrics.rmse',
    )
    expect(table.total).toBe(2)
    expect(table.items.map(({ name, values }) => [name, values])).toEqual([
      ['a', [3, 'x']],
      ['b', ['NaN', null]],
    ])
    const keys = await world.read(contract.runKeysSchema, '/runs/keys?experiment=0')
    expect(keys).toMatchObject({ metrics: ['rmse'], params: ['depth'] })
    const groups = await world.read(
      contract.runGroupsSchema,
      '/runs/groups?experiment=0&by=tags.team&columns=metrics.rmse',
    )
    expect(groups.items).toEqual(
      expect.arrayContaining([
        { value: 'x', runs: 1, values: [3] },
        { value: null, runs: 1, values: [null] },
      ]),
    )
    const history = await world.read(
      contract.metricHistorySchema,
      `/runs/history?run=${a.id}&run=${b.id}&key=rmse`,
    )
    expect(history.series).toEqual([
      { run_id: a.id, steps: [0, 1, 2], at: [5, 6, 7], values: [1, 2, 3] },
      { run_id: b.id, steps: [0, 1, 2], at: [5, 6, 7], values: [null, null, null] },
    ])
  })

  it('says what is wrong with a filter or a column', async () => {
    const filter = await world.request('GET', '/runs?experiment=0&filter=metrics.rmse%20%3E')
    expect(filter.json()).toMatchObject({ status: 400, code: 'FILTER_INVALID' })
    const column = await world.request('GET', '/runs?experiment=0&columns=rmse')
    expect(column.json()).toMatchObject({ code: 'REQUEST_INVALID', path: 'columns' })
  })

  it('comes as CSV, in which no text is a formula', async () => {
    await logRun('=cmd|"x"', -1)
    const path = '/runs.csv?experiment=0&columns=metrics.rmse&columns=params.depth'
    const { body, headers } = await world.request('GET', path)
    expect(headers['content-type']).toContain('text/csv')
    const [head, line] = body.split('\r\n')
    expect(head).toBe(
      'run_id,name,status,user,started_at,ended_at,experiment_id,metrics.rmse,params.depth',
    )
    expect(line).toContain(`,"'=cmd|""x""",RUNNING,`)
    expect(line).toMatch(/,0,1,3$/)
    const broken = await world.request('GET', `${path}&filter=no`)
    expect(broken.statusCode).toBe(400)
  })

  it('has a file with every point of a metric', async () => {
    const [a, b] = [await logRun('a', 1), await logRun('b', Number.NaN)]
    const path = `/runs/history.csv?run=${a.id}&run=${b.id}&key=rmse`
    const { body, headers } = await world.request('GET', path)
    expect(headers['content-type']).toContain('text/csv')
    const [head, first, ...rest] = body.trim().split('\r\n')
    expect(head).toBe('run_id,run,metric,step,time,value')
    expect(first).toBe(`${a.id},a,rmse,0,1970-01-01T00:00:00.005Z,1`)
    expect(rest).toHaveLength(5)
    expect(rest.at(-1)).toMatch(/,2,.*,NaN$/)
    const unknown = await world.request('GET', `${path}&run=${'0'.repeat(32)}`)
    expect(unknown.statusCode).toBe(404)
  })

  it('is changed whole, but for some', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'other']) ids.push((await logRun(name, 1)).id)
    const matching = { experiment: ['0'], filter: "run_name != 'other'" }
    const tag = { matching, except: [ids[1]], set: [{ key: 'seen', value: 'yes' }] }
    const tagged = await world.request('POST', '/runs/tag', tag)
    expect(tagged.json()).toEqual({ changed: 2, sentence: '2 runs tagged.' })
    const seen = await world.read(
      contract.runTableSchema,
      '/runs?experiment=0&order_by=run_name&columns=tags.seen',
    )
    expect(seen.items.map(({ values }) => values[0])).toEqual(['yes', null, 'yes', null])
    for (const body of [{}, { ids, matching }, { matching: { experiment: [] } }]) {
      const refused = await world.request('POST', '/runs/delete', body)
      expect(refused.statusCode).toBe(400)
    }
  })

  it('is changed in bulk', async () => {
    const runs = [await logRun('a', 1), await logRun('b', 2)]
    const ids = runs.map(({ id }) => id)
    await world.request('POST', '/runs/tag', { ids, set: [{ key: 'good', value: 'yes' }] })
    await world.request('POST', '/runs/tag', { ids: [ids[0]], unset: ['good', 'never'] })
    await world.request('POST', '/runs/rename', { ids: [ids[1]], name: ' best ' })
    const one = await world.read(contract.trackedRunSchema, `/runs/${ids[1]}`)
    expect(one.name).toBe('best')
    expect(one.tags).toContainEqual({ key: 'good', value: 'yes' })
    const deleted = await world.request('POST', '/runs/delete', { ids })
    expect(deleted.json()).toEqual({ changed: 2, sentence: '2 runs deleted.' })
    expect((await world.read(contract.runTableSchema, '/runs?experiment=0')).total).toBe(0)
    await world.request('POST', '/runs/restore', { ids })
    expect((await world.read(contract.runTableSchema, '/runs?experiment=0')).total).toBe(2)
    expect((await world.request('POST', '/runs/rename', { ids, name: 'x' })).statusCode).toBe(400)
  })
})

describe('a run', () => {
  it('is whole, with parent, datasets, models and versions', async () => {
    const { tracking, registry } = world
    const parent = await logRun('parent', 1)
    const child = await logRun('child', 2, { 'mlflow.parentRunId': parent.id })
    const model = await tracking.createLoggedModel({ experimentId: '0', name: 'm' })
    await tracking.logOutputs(child.id, [{ modelId: model.id, step: 0 }])
    const source = `models:/${model.id}`
    await registry.createVersion({ model: 'churn', source, runId: child.id })
    const dataset = { name: 'd', digest: 'x', sourceType: 'local', source: '{}' }
    await tracking.logInputs(child.id, {
      datasets: [
        {
          dataset: { ...dataset, schema: null, profile: null },
          tags: [{ key: 'mlflow.data.context', value: 'training' }],
        },
      ],
      models: [],
    })
    const run = await world.read(contract.trackedRunSchema, `/runs/${child.id}`)
    expect(run).toMatchObject({
      parent_name: 'parent',
      children: 0,
      artifacts_here: true,
      datasets: [{ name: 'd', context: 'training' }],
      models: [{ id: model.id, direction: 'output', versions: [{ model: 'churn', version: 1 }] }],
      versions: [{ model: 'churn', version: 1 }],
    })
    const both = await world.read(
      contract.comparedRunsSchema,
      `/runs/compare?id=${parent.id}&id=${child.id}`,
    )
    expect(both.items.map(({ children }) => children)).toEqual([1, 0])
    expect((await world.request('GET', '/runs/nothing')).statusCode).toBe(404)
  })
})

describe('artifacts', () => {
  const MLMODEL = `flavors:
  python_function: { python_version: 3.12.1, loader_module: mlflow.sklearn }
  sklearn: { sklearn_version: 1.7.0 }
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
`

  it('are listed, read as text and as tables, and framed so that they can do nothing', async () => {
    const { id } = await logRun('files', 1)
    const write = (path: string, text: string) =>
      world.artifacts.write(`0/${id}/artifacts/${path}`, Buffer.from(text))
    await write('notes/a.txt', 'plain')
    await write('rows.csv', 'a,b\n1,x\n2,\n')
    await write('page.html', '<script>alert(1)</script>')
    await write('blob.bin', 'a\0b')
    await write('model/MLmodel', MLMODEL)
    const list = await world.read(contract.artifactListSchema, `/artifacts/${id}`)
    expect(list.items.map(({ name }) => name)).toEqual([
      'blob.bin',
      'model',
      'notes',
      'page.html',
      'rows.csv',
    ])
    const text = await world.read(
      contract.artifactTextSchema,
      `/artifacts/${id}/text?path=notes/a.txt`,
    )
    expect(text).toMatchObject({ text: 'plain', size: 5, truncated: false, is_text: true })
    const bytes = await world.read(
      contract.artifactTextSchema,
      `/artifacts/${id}/text?path=blob.bin`,
    )
    expect(bytes).toMatchObject({ text: '', is_text: false })
    const table = await world.read(
      contract.artifactTableSchema,
      `/artifacts/${id}/table?path=rows.csv&limit=1&offset=1`,
    )
    expect(table).toMatchObject({ columns: ['a', 'b'], rows: [['2', null]], total: 2 })
    const model = await world.read(
      contract.modelFileSchema,
      `/artifacts/${id}/model?path=model/MLmodel`,
    )
    expect(model).toMatchObject({
      flavors: [{ name: 'python_function' }, { name: 'sklearn', version: '1.7.0' }],
      inputs: [{ name: 'age', type: 'double' }],
      outputs: [{ type: 'float32', shape: [-1, 2] }],
      python_version: '3.12.1',
    })
    const raw = await world.request('GET', `/artifacts/${id}/raw?path=page.html`)
    expect(raw.headers).toMatchObject({ 'content-type': 'application/octet-stream' })
    const frame = await world.request('GET', `/artifacts/${id}/raw?path=page.html&show=frame`)
    expect(frame.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/)
    expect(frame.headers['content-type']).toContain('text/html')
    for (const path of ['../../../ratchet.db', '%2e%2e/x', '/etc/passwd'])
      for (const verb of ['/text', '/table', '/raw', ''])
        expect(
          (await world.request('GET', `/artifacts/${id}${verb}?path=${path}`)).statusCode,
        ).toBe(400)
  })
})

it('finds experiments, registered models and runs by name, and a run by its id', async () => {
  const run = await logRun("the '%_ run", 1)
  await world.tracking.createExperiment({ name: 'team/runs' })
  await world.registry.createModel({ name: 'runner' })
  const titles = async (q: string) => {
    const path = `/search?q=${encodeURIComponent(q)}`
    const { items } = await world.read(contract.searchResultsSchema, path)
    return items.map(({ title, link }) => `${link.page} ${title}`)
  }
  expect(await titles('RUN')).toEqual([
    'registry runner',
    'experiment team/runs',
    "run the '%_ run",
  ])
  expect(await titles(run.id)).toEqual(["run the '%_ run"])
  expect(await titles("'%_")).toEqual(["run the '%_ run"])
})
