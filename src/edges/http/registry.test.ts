import { afterEach, beforeEach, expect, it } from 'vitest'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'
import { liveOnce } from './story.testing.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const MLMODEL = `flavors: { sklearn: { sklearn_version: 1.7.0 } }
signature: { inputs: '[{"type": "double", "name": "age"}]' }
`

async function registerChurn() {
  const { tracking, registry, artifacts } = world
  const run = await tracking.createRun({
    experimentId: '0',
    name: 'forest',
    tags: [{ key: 'mlflow.source.git.commit', value: '3fa91c' }],
  })
  await artifacts.write(`0/${run.id}/artifacts/model/MLmodel`, Buffer.from(MLMODEL))
  const source = `mlflow-artifacts:/0/${run.id}/artifacts/model`
  await registry.createVersion({ model: 'churn', source, runId: run.id })
  await registry.createVersion({ model: 'churn', source: `runs:/${run.id}/model`, runId: run.id })
  return run
}

const passportOf = (model: string, version: number) =>
  world.read(contract.passportSchema, `/registry/${model}/versions/${version}`)

it('lists models with their aliases and stages, and knows the passport of each version', async () => {
  const run = await registerChurn()
  await world.request('POST', '/registry/churn/alias', { alias: 'best', version: 2 })
  await world.request('POST', '/registry/churn/versions/1/stage', { stage: 'Production' })
  const { items } = await world.read(contract.registeredModelListSchema, '/registry')
  expect(items).toMatchObject([
    {
      name: 'churn',
      versions: 2,
      latest: 2,
      aliases: [{ alias: 'best', version: 2 }],
      stages: [{ stage: 'Production', version: 1 }],
      in_loop: false,
    },
  ])
  for (const version of [1, 2])
    expect(await passportOf('churn', version)).toMatchObject({
      run: { id: run.id, name: 'forest', experiment: 'Default' },
      commit: '3fa91c',
      became: null,
      gate: null,
      serving: null,
      signature: { inputs: [{ name: 'age', type: 'double' }] },
    })
  for (const q of ['churn%2F2', 'CHURN%20v2'])
    expect((await world.read(contract.searchResultsSchema, `/search?q=${q}`)).items).toEqual([
      {
        title: 'churn/2',
        detail: 'version',
        link: { page: 'version', id: 'churn/2', label: 'version' },
      },
    ])
  expect((await world.request('GET', '/registry/churn/versions/9')).statusCode).toBe(404)
  expect((await world.request('GET', '/registry/nothing/versions')).statusCode).toBe(404)
})

it('says of a version of the loop what was decided on it and where it answers', async () => {
  const { gate, rollout } = await liveOnce(world)
  const challenger = await passportOf('births', 2)
  expect(challenger).toMatchObject({
    became: 'rolling_out',
    data_hash: 'a1b2',
    commit: 'c3d4',
    gate: { id: gate.id },
    rollout: { id: rollout.id, state: 'running' },
    serving: { endpoint: 'births', role: 'challenger', url: null },
    signature: null,
  })
  expect(await passportOf('births', 1)).toMatchObject({ serving: { role: 'champion' } })
})

it('describes, tags, moves names and stages, and deletes; the history keeps it all', async () => {
  await registerChurn()
  const post = (path: string, body: object) => world.request('POST', `/registry/churn${path}`, body)
  await post('/describe', { description: 'Who **leaves**' })
  await post('/tag', { set: [{ key: 'team', value: 'growth' }] })
  await post('/versions/1/tag', { set: [{ key: 'ok', value: 'yes' }] })
  await post('/versions/1/tag', { unset: ['ok'] })
  await post('/versions/1/describe', { description: 'first' })
  await post('/alias', { alias: 'best', version: 1 })
  await post('/alias', { alias: 'best', version: null })
  const model = await world.read(contract.registeredModelSchema, '/registry/churn')
  expect(model).toMatchObject({
    description: 'Who **leaves**',
    tags: [{ key: 'team', value: 'growth' }],
    aliases: [],
  })
  expect(await passportOf('churn', 1)).toMatchObject({ description: 'first', tags: [] })
  expect((await post('/alias', {})).json()).toMatchObject({ path: 'alias' })
  expect((await post('/versions/1/stage', {})).json()).toMatchObject({ path: 'stage' })
  await post('/versions/1/delete', {})
  const versions = await world.read(
    contract.registeredVersionListSchema,
    '/registry/churn/versions',
  )
  expect(versions.items.map(({ version }) => version)).toEqual([2])
  await post('/delete', {})
  expect((await world.request('GET', '/registry/churn')).statusCode).toBe(404)
  const history = await world.read(contract.historySchema, '/models/churn/history')
  expect(history.items.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['alias', 'description', 'tag', 'version', 'model']),
  )
})
