import { afterEach, beforeEach, expect, it } from 'vitest'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

it('says of a text that was empty only what it became', async () => {
  const { registry } = world
  await registry.createModel({ name: 'plain' })
  await registry.describeModel('plain', 'of births')
  const told = await world.read(contract.historySchema, '/models/plain/history')
  expect(told.items[0]?.sentence).toBe('plain: description is of births.')
})

it('tells the history of a model in pages, and takes a change back', async () => {
  const { registry } = world
  const source = 'mlflow-artifacts:/0/x'
  for (const version of [1, 2]) {
    await registry.createVersion({ model: 'other', source })
    await registry.setAlias({ model: 'other', alias: 'best', version, causedBy: null })
  }
  const first = await world.read(contract.historySchema, '/models/other/history?page_size=2')
  expect(first.items.map(({ sentence }) => sentence)).toEqual([
    'other: alias best went from 1 to 2.',
    'Version 2 of other was made.',
  ])
  const next = `/models/other/history?page_token=${first.next_page_token}`
  expect((await world.read(contract.historySchema, next)).items).toHaveLength(2)

  const id = first.items[0]?.id ?? ''
  const undone = await world.request('POST', `/changes/${id}/undo`, {})
  expect(contract.registryChangeSchema.parse(undone.json())).toMatchObject({
    sentence: 'other: alias best went from 2 to 1.',
    undoes: id,
    by: 'api',
  })
  const again = await world.request('POST', `/changes/${id}/undo`, {})
  expect(again.json()).toMatchObject({ status: 409, code: 'REGISTRY_CHANGED' })
  const nobody = await world.request('GET', '/models/nobody/history')
  expect(nobody.json()).toMatchObject({ status: 404, code: 'REGISTRY_UNKNOWN' })
})
