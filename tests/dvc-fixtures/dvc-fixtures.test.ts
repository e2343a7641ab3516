import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { layOut, playScenario, readFixture, takeStep, treeAfter } from './fixture.ts'
import { runRatchet } from './run-ratchet.ts'
import { type Scenario, SCENARIOS } from './scenarios.ts'
import { readTree } from './tree.ts'

// What the real DVC left behind at each step (tests/dvc-fixtures/make.ts asks it), byte for byte.

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'ratchet-fixture-'))
  execFileSync('git', ['init', '-q', '-b', 'main', top])
  writeFileSync(join(top, '.git/info/exclude'), '.home\n.ratchet\n')
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

function projectOf({ folder = '' }: Scenario): string {
  const root = join(top, folder)
  mkdirSync(root, { recursive: true })
  return root
}

describe.each(SCENARIOS)('$name', (scenario) => {
  const fixture = readFixture(scenario.name)

  test('ratchet does as dvc did, step by step', async () => {
    const root = projectOf(scenario)
    let done = 0
    const recorded = await playScenario(scenario, root, (step) => {
      done = recordedUntil(step, done)
      if (step.by === undefined) return runRatchet(root, step)
      layOut(root, treeAfter(fixture, done))
      return 'done'
    })
    expect(recorded).toEqual(fixture.steps)
  })

  // The number of steps up to and with this one.
  function recordedUntil(step: unknown, from: number): number {
    return scenario.steps.indexOf(step as (typeof scenario.steps)[number], from) + 1
  }

  test('ratchet goes on from each tree that dvc left, in a repository that it has never seen', async () => {
    const root = projectOf(scenario)
    for (const [index, { step, outcome }] of fixture.steps.entries()) {
      if (!('run' in step) || step.by !== undefined) continue
      rmSync(join(root, '.ratchet'), { recursive: true, force: true })
      layOut(root, treeAfter(fixture, index))
      const told = [step.run, await takeStep(step, root, () => runRatchet(root, step))]
      expect(told).toEqual([step.run, outcome])
      expect([step.run, readTree(root)]).toEqual([step.run, treeAfter(fixture, index + 1)])
    }
  })
})
