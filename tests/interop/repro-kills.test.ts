import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import {
  copyOf,
  faultsAfterReproKill,
  prepareRepro,
  recordedProcesses,
  REPRO_SCENARIOS,
  reproUntil,
  stateAfterDvc,
  stateAfterRepro,
} from '../fixtures/repro-kills.ts'
import { pointsToKill } from '../fixtures/kill-points.ts'
import { dvcIn } from './dvc-forks.ts'
import { tools } from './tools.ts'

const NEVER = 0
/** How many kills come between two after which DVC goes on in place of us: it takes a second each time. */
const EVERY = 8

let dvcTool: string
beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)

const dvc = (root: string, ...args: readonly string[]): string =>
  dvcIn(dvcTool, args, { cwd: root, env: { ...process.env, SHELL: '/bin/sh' } })
const CLEAN = 'Data and pipelines are up to date'
const lockOf = (root: string): string => readFileSync(join(root, 'dvc.lock'), 'utf8')

test.each(REPRO_SCENARIOS)(
  'kill -9 of $name at its fault points',
  async (scenario) => {
    const before = await prepareRepro(scenario)
    const whole = copyOf(before)
    const points = reproUntil(whole, NEVER) ?? []
    const final = stateAfterRepro(whole)
    expect(dvc(whole, 'status')).toContain(CLEAN)
    const wrong: string[] = []
    let byDvc = 0
    const chosen = pointsToKill(points)
    for (const [count, index] of chosen.entries()) {
      const point = points[index]
      const killed = copyOf(before)
      const at = `${index + 1} (${point})`
      expect(reproUntil(killed, index + 1), at).toBe(null)
      const faults = [...faultsAfterReproKill(before, killed, whole)]
      const goesOnByDvc = count % EVERY === 3
      if (goesOnByDvc) {
        byDvc += 1
        dvc(killed, 'repro', '-q')
        if (!dvc(killed, 'status').includes(CLEAN)) faults.push('dvc is not clean after its own')
        if (lockOf(killed) !== lockOf(whole)) faults.push('dvc wrote another dvc.lock')
      }
      reproUntil(killed, NEVER)
      const end = goesOnByDvc ? stateAfterDvc(killed) : stateAfterRepro(killed)
      if (end.join('\n') !== final.join('\n')) faults.push('ends otherwise')
      if (recordedProcesses(killed).length > 0) faults.push('a process is still on record')
      if (faults.length > 0) wrong.push(`${at}: ${faults.join('; ')}`)
      rmSync(killed, { recursive: true })
    }
    for (const folder of [before, whole]) rmSync(folder, { recursive: true })
    expect(wrong).toEqual([])
    const kinds = new Set(points).size
    console.log(
      `${scenario.name}: ${points.length} fault points of ${kinds} kinds, ${chosen.length} kills, nothing wrong; after ${byDvc} of them dvc went on`,
    )
  },
  600_000,
)
