import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  copyOf,
  faultsAfterReproKill,
  prepareRepro,
  recordedProcesses,
  REPRO_SCENARIOS,
  reproUntil,
  stateAfterRepro,
} from '../fixtures/repro-kills.ts'

const NEVER = 0
/** Which part of the way the kill comes at here; tests/interop/repro-kills.test.ts has every point. */
const WHERE = 0.55

test.each(REPRO_SCENARIOS)(
  'after kill -9 of $name the next one ends as it would have',
  async (scenario) => {
    const before = await prepareRepro(scenario)
    const [whole, killed] = [copyOf(before), copyOf(before)]
    const points = reproUntil(whole, NEVER)?.length ?? 0
    expect(points).toBeGreaterThan(10)
    expect(reproUntil(killed, Math.ceil(points * WHERE))).toBe(null)
    expect(faultsAfterReproKill(before, killed, whole)).toEqual([])
    reproUntil(killed, NEVER)
    expect(stateAfterRepro(killed)).toEqual(stateAfterRepro(whole))
    expect(recordedProcesses(killed)).toEqual([])
    for (const folder of [before, whole, killed]) rmSync(folder, { recursive: true })
  },
)
