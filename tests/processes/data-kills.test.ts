import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  copyScenario,
  faultsAfterKill,
  finalState,
  prepareScenario,
  runUntil,
} from '../fixtures/data-kills.ts'
import { KILL_SCENARIOS } from '../fixtures/kill-scenarios.ts'

const NEVER = 0
/** Which of ten parts of the way the kill comes at here; tests/interop/data-kills.test.ts has every point of every verb. */
const WHERE = 0.6
const EVERY_DAY = [
  'add',
  'add of a large file',
  'commit',
  'checkout',
  'push',
  'fetch',
  'pull',
  'gc',
]

test.each(KILL_SCENARIOS.filter(({ name }) => EVERY_DAY.includes(name)))(
  'after kill -9 of $name nothing is wrong or lost, and a second run ends as the first would have',
  async (scenario) => {
    const { name } = scenario
    const before = await prepareScenario(scenario)
    const whole = copyScenario(before)
    const points = runUntil(whole, name, NEVER)?.length ?? 0
    expect(points).toBeGreaterThan(2)
    const killed = copyScenario(before)
    expect(runUntil(killed, name, Math.ceil(points * WHERE))).toBe(null)
    expect(faultsAfterKill(before, killed)).toEqual([])
    runUntil(killed, name, NEVER)
    expect(finalState(killed)).toEqual(finalState(whole))
    for (const folder of [before, whole, killed]) rmSync(folder, { recursive: true })
  },
)
