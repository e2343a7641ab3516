import { describe, expect, it } from 'vitest'
import { retrainPolicySchema, trainPolicySchema } from './schema.ts'

const train = { stage: 'train', model: 'm.onnx', data: 'data/sales' }
const problem = (value: object) =>
  trainPolicySchema.safeParse(value).error?.issues.map(({ path }) => path.join('.'))

describe('train', () => {
  it('takes the whole history unless told otherwise', () => {
    expect(trainPolicySchema.parse(train)).toMatchObject({ window: 'full', holdout: 0 })
  })

  it('refuses a window or a holdout that the training would never hear of', () => {
    expect(problem({ ...train, window: { last: '90d' } })).toEqual(['window'])
    expect(problem({ ...train, holdout: '14d' })).toEqual(['holdout'])
    const told = { until_param: 'train.until', window_param: 'train.window_days' }
    expect(problem({ ...train, ...told, window: { last: '90d' }, holdout: '14d' })).toBeUndefined()
  })
})

it('refuses a trigger that nothing would pull', () => {
  expect(retrainPolicySchema.safeParse({ on: [{ data: 'new/*.csv' }] }).success).toBe(false)
})
