import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../base/yaml.ts'
import { deployPolicySchema, formatStep, parseStep } from './policy.ts'

describe('steps', () => {
  test.each(['shadow 10m', '5%', '25% 2h', '100%', '0.5% 90s', 'shadow 1.5d'])(
    '%s is one',
    (text) => {
      const step = parseStep(text)
      expect(step).not.toBeNull()
      expect(step === null ? null : parseStep(formatStep(step))).toEqual(step)
    },
  )
  test.each([
    'shadow',
    'shadow 3',
    '5',
    '0%',
    '101%',
    '-5%',
    '5 %',
    '5% 2 h',
    '5% soon',
    '5% 2h now',
    '',
    'canary 5%',
  ])('"%s" is none', (text) => expect(parseStep(text)).toBeNull())
})

describe('a wrong policy is refused at its place', () => {
  const problem = (text: string) => {
    const parsed = parseYaml(text, deployPolicySchema)
    return parsed.ok
      ? 'none'
      : `${parsed.problem.line}:${parsed.problem.column} ${parsed.problem.path} ${parsed.problem.message}`
  }
  test.each([
    ['steps: [shadow 3d, 50 percent, 100%]', '1:20 steps.1 expected a step such as'],
    ['steps: [50%, 25%, 100%]', '1:14 steps.1 expected more than 50%'],
    ['steps: [5%, shadow 3d, 100%]', '1:13 steps.1 shadow comes before'],
    ['steps: [shadow 3d, 50%]', '1:20 steps.1 expected 100% as the last step'],
    ['stages: [100%]', '1:9 stages unknown key "stages"'],
    ['guards:\n  errors: { at_most: 2 }', '2:22 guards.errors.at_most'],
    ['guards: { latency_p99: { timeout: 250 } }', 'guards.latency_p99.timeout'],
    ['guards: { quality: { confidence: 0.95 } }', 'guards.quality.worse_at_most'],
    ['on_little_evidence: promote', 'on_little_evidence'],
    ['strategy: magic', 'strategy'],
  ])('%s', (text, expected) => expect(problem(text)).toContain(expected))

  test('an empty one has the documented defaults', () => {
    expect(deployPolicySchema.parse({})).toMatchObject({
      steps: [
        { kind: 'shadow', durationMs: 600_000 },
        { fraction: 0.05 },
        { fraction: 0.25 },
        { fraction: 1 },
      ],
      guards: {
        errors: { at_most: 0.01 },
        latency_p99: { slower_at_most: 0.5, timeout: 1000, ignore_below: 5 },
      },
      min_requests: 0,
      on_little_evidence: 'hold',
    })
  })
})
