import { considerRetraining } from '../../automation/retraining.ts'
import { DAY_MS } from '../../base/time.ts'
import { evaluateSignals } from '../../capabilities/alerts/index.ts'
import {
  deployPolicySchema,
  ensureEndpoint,
  startRollout,
} from '../../capabilities/deployments/index.ts'
import { evaluatePolicySchema, runGate } from '../../capabilities/evaluation/index.ts'
import { checkMonitor, signalsOf } from '../../capabilities/monitoring/index.ts'
import { births, predict, T0, type World } from './api-world.testing.ts'

/** A first champion that gets worse, an alert, a retraining, a gate and a rollout: the loop once around. */
export async function liveOnce(world: World) {
  const { clock, register, deployments, monitoring, alerts, retraining, evaluation } = world
  await register('births', null)
  const first = { endpoint: 'births', model: 'births', version: 1, causedBy: null }
  await ensureEndpoint(deployments, first)
  for (let day = 0; day < 56; day++) await predict(world, T0 + day * DAY_MS, day < 28 ? 300 : 900)
  clock.set(T0 + 60 * DAY_MS)
  const report = await checkMonitor(monitoring, { model: 'births', causedBy: 'job_1' })
  if (report === null) throw new Error('no report')
  const [alert] = await evaluateSignals(alerts, {
    model: 'births',
    signals: signalsOf(report),
    causedBy: report.id,
  })
  const decision = await considerRetraining(retraining, {
    model: 'births',
    train: births.train,
    retrain: births.retrain,
    labelDelay: 7 * DAY_MS,
    trigger: 'performance',
    evidence: {},
    causedBy: alert?.id ?? null,
    key: 'once',
  })
  await register('births', null)
  const rows = Array.from({ length: 60 }, (_, index) => ({
    at: T0 + index * DAY_MS,
    label: 9000,
    champion: 9900 + index,
    challenger: 9100 + (index % 7),
  }))
  const gate = await runGate(evaluation, {
    key: 'gate',
    model: 'births',
    policy: evaluatePolicySchema.parse({ metric: 'mae', target: 'births' }),
    champion: { version: 1 },
    challenger: { version: 2 },
    rows,
    causedBy: decision.runId,
    comparison: [{ name: 'data', kind: 'data', champion: 'a', challenger: 'b' }],
  })
  const policy = deployPolicySchema.parse({ steps: ['shadow 3d', '50% 4d', '100%'] })
  const rollout = await startRollout(deployments, {
    endpoint: 'births',
    version: 2,
    policy,
    causedBy: gate.id,
  })
  return { report, alert, decision, gate, rollout }
}
