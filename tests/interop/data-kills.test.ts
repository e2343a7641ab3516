import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import {
  copyScenario,
  faultsAfterKill,
  finalState,
  prepareScenario,
  runUntil,
} from '../fixtures/data-kills.ts'
import { endsToKill, pointsToKill } from '../fixtures/kill-points.ts'
import { ELSEWHERE_SCENARIOS } from '../fixtures/kill-scenarios-elsewhere.ts'
import { STAGE_SCENARIOS } from '../fixtures/kill-scenarios-stages.ts'
import { KILL_SCENARIOS } from '../fixtures/kill-scenarios.ts'

const NEVER = 0

/** All is there that an undisturbed run leaves; the cache may keep more, saved before something was replaced. */
function isAsWhole(killed: string, whole: string): boolean {
  const [left, expected] = [finalState(killed), finalState(whole)]
  const more = left.filter((entry) => !expected.includes(entry))
  const lacking = expected.filter((entry) => !left.includes(entry))
  return lacking.length === 0 && more.every((entry) => entry.startsWith('project/.dvc/cache/'))
}

interface Row {
  readonly command: string
  readonly points: number
  readonly kills: number
  readonly wrong: number
}

const table: Row[] = []
afterAll(() => {
  const sum = (of: 'points' | 'kills' | 'wrong'): number =>
    table.reduce((total, row) => total + row[of], 0)
  const all = { command: 'all', points: sum('points'), kills: sum('kills'), wrong: sum('wrong') }
  for (const { command, points, kills, wrong } of [...table, all])
    console.log(
      `${command.padEnd(26)} ${String(points).padStart(4)} points ${String(kills).padStart(4)} kills ${String(wrong).padStart(3)} wrong`,
    )
})

const SCENARIOS = [
  ...KILL_SCENARIOS.map((scenario) => ({ ...scenario, chosenOf: pointsToKill })),
  ...[...ELSEWHERE_SCENARIOS, ...STAGE_SCENARIOS].map((scenario) => ({
    ...scenario,
    chosenOf: endsToKill,
  })),
]

/** One kill at each: minutes, so it stands here. */
test.each(SCENARIOS)(
  'kill -9 of $name at its fault points',
  async ({ chosenOf, ...scenario }) => {
    const { name, broken } = scenario
    const before = await prepareScenario(scenario)
    const whole = copyScenario(before)
    const points = runUntil(whole, name, NEVER) ?? []
    expect(points.length).toBeGreaterThan(1)
    const wrong: string[] = []
    const chosen = chosenOf(points)
    for (const index of chosen) {
      const point = points[index]
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
    table.push({ command: name, points: points.length, kills: chosen.length, wrong: wrong.length })
    expect(wrong).toEqual([])
  },
  600_000,
)
