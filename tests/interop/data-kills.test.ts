import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  copyScenario,
  faultsAfterKill,
  finalState,
  KILL_SCENARIOS,
  prepareScenario,
  runUntil,
} from '../fixtures/data-kills.ts'

const NEVER = 0

/** Every fault point of every command, one kill each: minutes, so it stands here. */
test.each(KILL_SCENARIOS)(
  'kill -9 of $name at every fault point',
  async (scenario) => {
    const { name } = scenario
    const before = await prepareScenario(scenario)
    const whole = copyScenario(before)
    const points = runUntil(whole, name, NEVER) ?? []
    const wrong: string[] = []
    for (const [index, point] of points.entries()) {
      const killed = copyScenario(before)
      runUntil(killed, name, index + 1)
      const faults = faultsAfterKill(before, killed)
      runUntil(killed, name, NEVER)
      const same = finalState(killed).join('\n') === finalState(whole).join('\n')
      if (faults.length > 0 || !same) wrong.push(`${index + 1} (${point}): ${faults.join('; ')}`)
      rmSync(killed, { recursive: true })
    }
    for (const folder of [before, whole]) rmSync(folder, { recursive: true })
    expect(wrong).toEqual([])
    console.log(`${name}: ${points.length} fault points, a kill at each, nothing wrong`)
  },
  600_000,
)
