import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../src/base/time.ts'
import { databases } from './databases.ts'
import { openWorld, type World } from './loop/world.ts'

/** New files start retraining: each file counts once, whatever happens to the process that looks. */
const yaml = (take: string): string => `
project: shop
models:
  sales:
    train: { stage: train, model: models/sales.txt, data: data/sales, until_param: train.until, holdout: 3d }
    evaluate: { metric: mae, gain: 0.1, confidence: 0.95, rows: 20 }
    retrain: { on: [ { data: "new/**/*.csv", take: ${take} } ] }
`
const WRITTEN_LONG_AGO = 1_600_000_000

function deliver({ projectRoot }: World, ...names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const file = join(projectRoot, 'new', name)
    writeFileSync(file, name)
    utimesSync(file, WRITTEN_LONG_AGO, WRITTEN_LONG_AGO + index)
  }
}

async function trainings(world: World): Promise<readonly unknown[]> {
  const decided = await world.events('automation.retraining_decided')
  return decided.map(({ data }) => {
    const { files } = data.evidence as { readonly files: number }
    return `${String(data.trigger)} ${String(data.decision)} ${files}`
  })
}

async function looks(world: World, count: number): Promise<void> {
  for (let look = 0; look < count; look++) await world.pass(MINUTE_MS)
}

describe.each(databases)('new data on $name', ({ open }) => {
  test.each([
    ['coalesce', ['data yes 2', 'data yes 1']],
    ['latest', ['data yes 1', 'data yes 1']],
    ['each', ['data yes 1', 'data yes 1', 'data yes 1']],
  ])('three files in two looks, with a restart between: %s', async (take, expected) => {
    const database = await open()
    const before = await openWorld(database, yaml(take))
    mkdirSync(join(before.projectRoot, 'new/deep'), { recursive: true })
    await looks(before, 1)
    deliver(before, 'a.csv', 'deep/b.csv')
    await looks(before, 1)
    const world = await openWorld(database, yaml(take), before.projectRoot)
    deliver(world, 'c.csv')
    await looks(world, 4)
    expect(await trainings(world)).toEqual(expected)
    await world.close()
  })

  test('a place that cannot be listed is an alert, and no news', async () => {
    const world = await openWorld(await open(), yaml('coalesce'))
    await looks(world, 1)
    expect(await world.firing()).toEqual(['watch:new/**/*.csv'])
    mkdirSync(join(world.projectRoot, 'new'))
    deliver(world, 'a.csv')
    await looks(world, 2)
    expect(await world.firing()).toEqual([])
    expect(await trainings(world)).toEqual([])
    await world.close()
  })
})
