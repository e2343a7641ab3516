import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseYaml } from '../../base/yaml.ts'
import { evaluatePolicySchema } from './schema.ts'

const problem = (text: string) => {
  const parsed = parseYaml(text, evaluatePolicySchema)
  return parsed.ok ? null : `${parsed.problem.path}: ${parsed.problem.message}`
}

test('everything that ratchet.yaml may ask', () => {
  const parsed = parseYaml(
    `
metric: mae
margin: 0.02
confidence: 0.9
rows: 28
slices: [{ column: weekday, in: [0, 6], worse_at_most: 0.1, name: weekends }]
guards:
  - { metric: bias, within: 0.05 }
  - { metric: latency_p99_ms, worse_at_most: 0.2 }
  - { metric: size_bytes, at_most: 1000000 }
  - { metric: recall, at_least: 0.6, required: false }
  - { fairness: disparate_impact, by: region, at_least: 0.8 }
`,
    evaluatePolicySchema,
  )
  expect(parsed).toMatchObject({ ok: true, value: { rows: 28, guards: { length: 5 } } })
})

test('the metric alone is enough', () => {
  expect(evaluatePolicySchema.parse({ metric: 'auc' })).toEqual({
    metric: 'auc',
    confidence: 0.95,
    rows: 30,
    slices: [],
    guards: [],
  })
})

test.each([
  ['metric: mea', /^metric: /],
  ['{ metric: mae, gian: 0 }', /^gian: unknown key "gian"/],
  ['{ metric: mae, gain: 0, margin: 0.1 }', /^margin: .*one of them/],
  ['{ metric: mae, confidence: 95 }', /^confidence: /],
  ['{ metric: mae, rows: 2.5 }', /^rows: /],
  ['{ metric: mae, guards: [{ metric: bias }] }', /^guards.0: .*exactly one/],
  ['{ metric: mae, guards: [{ metric: mae, within: 0.1 }] }', /^guards.0.within: /],
  ['{ metric: mae, guards: [{ metric: bias, withn: 0.1 }] }', /^guards.0.withn: unknown key/],
  ['{ metric: mae, guards: [{ fairness: disparate_impact, at_least: 0.8 }] }', /^guards.0.by: /],
  ['{ metric: mae, slices: [{ column: a, in: [], worse_at_most: 0 }] }', /^slices.0.in: /],
])('refused: %s', (text, message) => expect(problem(text)).toMatch(message))

test('editors see what a guard may say', () => {
  const schema = JSON.stringify(z.toJSONSchema(evaluatePolicySchema, { io: 'input' }))
  expect(schema).toContain('disparate_impact')
  expect(schema).toContain('within')
})
