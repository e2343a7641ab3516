import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import {
  copyScenario,
  faultsAfterKill,
  finalState,
  prepareScenario,
  runUntil,
} from '../fixtures/data-kills.ts'
import { KILL_SCENARIOS } from '../fixtures/kill-scenarios.ts'

const NEVER = 0

/** All is there that an undisturbed run leaves; the cache may keep more, saved before something was replaced. */
function isAsWhole(killed: string, whole: string): boolean {
  const [left, expected] = [finalState(killed), finalState(whole)]
  const more = left.filter((entry) => !expected.includes(entry))
  const lacking = expected.filter((entry) => !left.includes(entry))
  return lacking.length === 0 && more.every((entry) => entry.startsWith('project/.dvc/cache/'))
}

const table: { readonly command: string; readonly kills: number; readonly wrong: number }[] = []
afterAll(() => {
  const all = table.reduce((sum, { kills }) => sum + kills, 0)
  for (const { command, kills, wrong } of [...table, { command: 'all', kills: all, wrong: 0 }])
    console.log(
      `${command.padEnd(26)} ${String(kills).padStart(4)} kills ${String(wrong).padStart(3)} wrong`,
    )
})

/** Every fault point of every command, one kill each: minutes, so it stands here. */
test.each(KILL_SCENARIOS)(
  'kill -9 of $name at every fault point',
  async (scenario) => {
    const { name, broken } = scenario
    const before = await prepareScenario(scenario)
    const whole = copyScenario(before)
    const points = runUntil(whole, name, NEVER) ?? []
    expect(points.length).toBeGreaterThan(1)
    const wrong: string[] = []
    for (const [index, point] of points.entries()) {
      const killed = copyScenario(before)
      runUntil(killed, name, index + 1)
      const faults = faultsAfterKill(before, killed, broken)
      // Killed after its last step, a command has nothing left to do, and may say so.
      if (!isAsWhole(killed, whole)) runUntil(killed, name, NEVER)
      const same = isAsWhole(killed, whole)
      if (faults.length > 0 || !same) wrong.push(`${index + 1} (${point}): ${faults.join('; ')}`)
      rmSync(killed, { recursive: true })
    }
    for (const folder of [before, whole]) rmSync(folder, { recursive: true })
    table.push({ command: name, kills: points.length, wrong: wrong.length })
    expect(wrong).toEqual([])
  },
  600_000,
)
