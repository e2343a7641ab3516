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

describe('retraining on new data', () => {
  const said = (trigger: object) =>
    retrainPolicySchema
      .safeParse({ on: [trigger] })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

  it('takes all files of one look together unless told otherwise', () => {
    const { on } = retrainPolicySchema.parse({ on: [{ data: 's3://sales/weekly/*.parquet' }] })
    expect(on).toEqual([{ data: 's3://sales/weekly/*.parquet', take: 'coalesce' }])
  })

  it.each([
    [{ data: 'https://host/*.csv' }, /^on\.0\.data: "https:.*cannot be listed; expected a path/],
    [{ data: 'new/' }, /^on\.0\.data: "new\/" names a folder/],
    [{ data: 's3://*.csv' }, /^on\.0\.data: .* has no bucket/],
    [{ data: 'new/*.csv', every: '7m' }, /^on\.0\.every: expected a time that divides/],
  ])('refuses %j', (trigger, message) => {
    expect(said(trigger)?.join('\n')).toMatch(message)
  })
})

it('refuses a trigger that nothing would pull', () => {
  expect(retrainPolicySchema.safeParse({ on: [{ moon: 'full' }] }).success).toBe(false)
})
