import { afterEach, beforeEach, expect, test } from 'vitest'
import { selectOuts } from './index.ts'
import type { TrackedOut } from './tracked/outs.ts'
import { openTransferWorld, type TransferWorld } from './transfer.testing.ts'

let world: TransferWorld
beforeEach(() => {
  world = openTransferWorld()
})
afterEach(() => world.close())

function out(path: string, declaredBy: string): TrackedOut {
  const file = declaredBy.replace(/yaml:.*/, 'lock')
  return { path, hash: null, declaredBy, file, push: true, remote: null, isImport: false }
}

const readStageOuts = () => [
  out('a', 'dvc.yaml:make'),
  out('b', 'dvc.yaml:use@1'),
  out('sub/c', 'sub/dvc.yaml:make'),
  out('make', 'dvc.yaml:other'),
]

test.each([
  ['dvc.yaml', ['a', 'b', 'make']],
  ['dvc.yaml:', ['a', 'b', 'make']],
  ['sub/dvc.yaml', ['sub/c']],
  ['dvc.yaml:use', ['b']],
  ['make', ['a']],
])('the target %s means %j', async (target, paths) => {
  const outs = await selectOuts(world.project, [target], { readStageOuts })
  expect(outs.map(({ path }) => path)).toEqual(paths)
})

test('a whole path means the data, whatever a stage of its name makes', async () => {
  const outs = await selectOuts(world.project, [`${world.root}/make`], { readStageOuts })
  expect(outs.map(({ path }) => path)).toEqual(['make'])
})
