import { describe, expect, test } from 'vitest'
import { byDvc, makeFixture, openRepository } from '../dvc-fixtures/by-dvc.ts'
import { playScenario, readFixture } from '../dvc-fixtures/fixture.ts'
import { runRatchet } from '../dvc-fixtures/run-ratchet.ts'
import { SCENARIOS } from '../dvc-fixtures/scenarios.ts'

describe.each(SCENARIOS)('$name', (scenario) => {
  test('the stored trees are what the real dvc makes today', async () => {
    expect(await makeFixture(scenario)).toEqual(readFixture(scenario.name))
  })

  test.each([0, 1])(
    'by turns, dvc and ratchet leave the same, whoever begins (%d)',
    async (first) => {
      const repository = openRepository(scenario)
      try {
        let turn = first
        const theirs = byDvc(repository)
        const steps = await playScenario(scenario, repository.root, (step) =>
          step.by === undefined && turn++ % 2 === 1
            ? runRatchet(repository.root, step)
            : theirs(step),
        )
        expect(steps).toEqual(readFixture(scenario.name).steps)
        const { dvc, ratchet } = repository.both('data', 'status', '--json')
        expect(ratchet).toEqual(dvc)
      } finally {
        repository.close()
      }
    },
  )
})
