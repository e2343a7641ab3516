import { expect, test } from 'vitest'
import { manualClock } from '../base/time.ts'
import {
  type AlertsDeps,
  alertsPolicySchema,
  evaluateSignals,
  listAlerts,
  type Signal,
} from '../capabilities/alerts/index.ts'
import { monitorPolicySchema } from '../capabilities/monitoring/index.ts'
import { createEventLog } from '../events/index.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import type { ModelPolicy } from './policy.ts'
import { retrainPolicySchema } from './schema.ts'
import { endUndeclaredAlerts, isWatched } from './undeclared-alerts.ts'

const onFiles = (...patterns: readonly string[]): ModelPolicy => ({
  retrain: retrainPolicySchema.parse({ on: patterns.map((data) => ({ data })) }),
  alerts: alertsPolicySchema.parse([{ rule: '*', keep_firing: '7d' }]),
})

test('a trigger that was taken out of ratchet.yaml ends its alert at the next start', async () => {
  const database = await testDatabase()
  const clock = manualClock(0)
  let policies: Readonly<Record<string, ModelPolicy>> = {
    price: onFiles('new/*.csv', 'more/*.csv'),
    demand: onFiles('new/*.csv'),
  }
  const policyOf = (model: string) => policies[model] ?? null
  const alerts: AlertsDeps = {
    database,
    clock,
    publish: createEventLog(clock).publish,
    policyOf: (model) => policyOf(model)?.alerts ?? [],
  }
  const openAlerts = () => listAlerts(database.query, { open: true })
  const raise = (input: Parameters<typeof evaluateSignals>[1]) => evaluateSignals(alerts, input)
  const gone = (rule: string): Signal => ({
    rule,
    condition: 'active',
    severity: 'warning',
    summary: 'no such folder',
    evidence: {},
  })
  await raise({
    model: 'price',
    signals: [gone('watch:new/*.csv'), gone('watch:more/*.csv'), gone('rollout')],
    causedBy: null,
  })
  await raise({ model: 'demand', signals: [gone('watch:new/*.csv')], causedBy: null })
  const open = async () => (await openAlerts()).map(({ model, rule }) => `${model} ${rule}`)

  await endUndeclaredAlerts({ policyOf, openAlerts, raise })
  expect(await open()).toHaveLength(4)
  policies = { price: onFiles('new/*.csv') }
  await endUndeclaredAlerts({ policyOf, openAlerts, raise })
  expect(await open()).toEqual(['price rollout', 'price watch:new/*.csv'])
  const ended = await listAlerts(database.query, { open: false })
  expect(ended.map(({ state }) => state)).toEqual(['resolved', 'resolved'])
  await database.close()
})

test.each<[string, ModelPolicy, boolean]>([
  ['quality', { monitor: monitorPolicySchema.parse({ features: {} }) }, false],
  ['drift:amount', { monitor: monitorPolicySchema.parse({ features: { amount: {} } }) }, true],
  ['drift:amount', { monitor: monitorPolicySchema.parse({ features: { other: {} } }) }, false],
  ['drift:amount', { monitor: monitorPolicySchema.parse({}) }, true],
  ['drift:amount', {}, false],
  ['data', { data: { contract: 'c.yaml' } }, true],
  ['data', {}, false],
  ['training', {}, false],
  ['rollout', {}, true],
])('%s of %j is watched: %s', (rule, policy, watched) => {
  expect(isWatched(policy, rule)).toBe(watched)
})
