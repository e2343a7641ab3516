import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Registry } from './index.ts'
import { openRegistryWorld, type RegistryWorld, uploaded } from './registry.testing.ts'

let world: RegistryWorld
let registry: Registry
beforeEach(async () => {
  world = await openRegistryWorld()
  ;({ registry } = world)
})
afterEach(() => world.close())

describe('search', () => {
  beforeEach(async () => {
    await registry.createModel({ name: 'price-east', tags: { team: 'Power' } })
    await registry.createModel({ name: 'price-west', tags: { team: 'gas' } })
    await registry.createModel({ name: 'Birds' })
    await registry.createModel({ name: 'prompt', tags: { 'mlflow.prompt.is_prompt': 'true' } })
    await registry.createVersion({ ...uploaded('price-east'), runId: 'r1', tags: { q: '1' } })
    await registry.createVersion({ ...uploaded('price-east'), runId: 'r2' })
    await registry.createVersion({ ...uploaded('price-west'), runId: 'r3' })
  })

  const names = async (filter: string, orderBy: readonly string[] = []) =>
    (await registry.searchModels({ filter, orderBy })).items.map((model) => model.name)

  it.each([
    ['', ['Birds', 'price-east', 'price-west']],
    ["name = 'Birds'", ['Birds']],
    ["name != 'Birds'", ['price-east', 'price-west']],
    ["name LIKE 'price%'", ['price-east', 'price-west']],
    ["name LIKE 'birds'", []],
    ["name ILIKE 'b_RDS'", ['Birds']],
    ["tags.team = 'Power' AND name like '%east'", ['price-east']],
    ["tags.`team` ILIKE 'power'", ['price-east']],
    ["tags.team != 'gas'", ['price-east']],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ['prompt']],
    ["tag.`mlflow.prompt.is_prompt` != 'true' AND name LIKE 'price-w%'", ['price-west']],
    ["tag.`mlflow.prompt.is_prompt` = 'false' AND name = 'Birds'", ['Birds']],
  ])('finds models by %j', async (filter, expected) => {
    expect(await names(filter)).toEqual(expected)
  })

  it.each([
    "run = 'x'",
    "name > 'x'",
    'name = 5',
    "name = 'a' OR name = 'b'",
    "'a' = name",
    'name =',
  ])('refuses %j', async (filter) => {
    await expect(names(filter)).rejects.toMatchObject({ code: 'FILTER_INVALID' })
  })

  it('finds versions by number, run and tag', async () => {
    const found = async (filter: string, orderBy: readonly string[] = ['name', 'version_number']) =>
      (await registry.searchVersions({ filter, orderBy })).items.map(
        ({ model, version }) => `${model}/${version}`,
      )
    expect(await found("name='price-east'")).toEqual(['price-east/1', 'price-east/2'])
    expect(await found("name = 'price-east'", ['version_number DESC'])).toEqual([
      'price-east/2',
      'price-east/1',
    ])
    expect(await found('version_number >= 2')).toEqual(['price-east/2'])
    expect(await found("run_id IN ('r1', 'r3')")).toEqual(['price-east/1', 'price-west/1'])
    expect(await found("tags.q = '1'")).toEqual(['price-east/1'])
    await expect(found("name IN ('a')")).rejects.toMatchObject({ code: 'FILTER_INVALID' })
  })

  it('turns pages to the end', async () => {
    const first = await registry.searchModels({ maxResults: 2 })
    const token = first.nextPageToken ?? undefined
    const second = await registry.searchModels({ maxResults: 2, pageToken: token })
    expect([first.items.length, second.items.length, second.nextPageToken]).toEqual([2, 1, null])
    await expect(registry.searchModels({ pageToken: 'nonsense' })).rejects.toMatchObject({
      status: 400,
    })
    for (const maxResults of [0, -1, 1001])
      await expect(registry.searchModels({ maxResults })).rejects.toMatchObject({ status: 400 })
  })
})
