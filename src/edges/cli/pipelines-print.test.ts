import { expect, it } from 'vitest'
import type { StageStatus } from '../../capabilities/pipelines/index.ts'
import { printStageStatus } from './pipelines-print.ts'

const status = (given: Partial<StageStatus>): StageStatus => ({
  stage: 'train',
  action: 'skip',
  reasons: [],
  after: [],
  error: null,
  ...given,
})

it('a stage that is as recorded runs only if the one before it brings something new', () => {
  expect(printStageStatus([status({ after: ['prepare'] })])).toEqual([
    'after    train',
    '    it runs if prepare writes something new',
  ])
})

it('a stage that runs in any case only waits for those before it', () => {
  const never = status({
    action: 'run',
    reasons: [{ kind: 'new', subject: 'train', from: null, to: null }],
    after: ['prepare', 'clean'],
  })
  expect(printStageStatus([never])).toEqual([
    'run      train',
    '    train has never run here',
    '    it waits for prepare, clean',
  ])
})

it('nothing to do is one line', () => {
  expect(printStageStatus([status({})])).toEqual(['Pipelines are up to date.'])
})
